import type { Garu, Token } from 'garu-ko';
import type { Morpheme, Morphology } from './morphology.ts';

/** What carries no meaning of its own: particles, endings, affixes, copula, auxiliaries, conjunctions, determiners, signs. */
const dropped = /^(?:J|E|XS|XP|VCP|VX|MAJ|MM|IC|S)/;
const hangulOnly = /^\p{sc=Hangul}+$/u;
/** Longer runs are no words. */
const longestRun = 64;
/** How far behind the morpheme before it one may begin, behind its particles and endings. */
const farthest = 6;
/** Words repeat: few are analyzed twice. Some 300 bytes each. */
const mostRemembered = 50_000;

/** The analyzer of the optional package garu-ko. */
export class GaruMorphology implements Morphology {
  readonly identity: string;
  private readonly remembered = new Map<string, readonly Morpheme[]>();

  constructor(private readonly garu: Garu) {
    this.identity = `garu-ko ${garu.modelInfo().version}`;
  }

  morphemesOf(run: string): readonly Morpheme[] {
    const known = this.remembered.get(run);
    if (known) return known;
    const found = run.length > longestRun ? [] : this.analyzed(run);
    if (this.remembered.size >= mostRemembered) this.remembered.clear();
    this.remembered.set(run, found);
    return found;
  }

  private analyzed(run: string): Morpheme[] {
    const { tokens } = this.garu.analyze(run) as { tokens: Token[] };
    return placed(run, tokens).filter(({ text, pos }) => !dropped.test(pos) && hangulOnly.test(text));
  }
}

/** The analyzer tells the place of words only. A stem that is not written as it is (아프 of 아파서) begins behind what is before it. */
function placed(run: string, tokens: readonly Token[]): (Morpheme & { pos: string })[] {
  let at = 0;
  return tokens.map(({ text: written, pos }) => {
    const text = written.normalize('NFKC');
    const found = run.indexOf(text, at);
    const isThere = found >= 0 && found - at <= farthest;
    const start = isThere ? found : Math.min(at, run.length - 1);
    const end = Math.min(start + text.length, run.length);
    if (isThere) at = end;
    return { text, pos, start, end };
  });
}
