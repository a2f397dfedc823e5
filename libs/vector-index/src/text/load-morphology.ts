import { KindredError } from '@kindred/contracts';
import { GaruMorphology } from './garu-morphology.ts';
import type { Morphology } from './morphology.ts';

const field = 'collection.search.korean_analyzer';

/** What `SearchSettings.koreanAnalyzer` may name, and how it is loaded. */
const loaders: Record<string, () => Promise<Morphology>> = {
  'garu-ko': async () => {
    const { Garu } = await import('garu-ko');
    return new GaruMorphology(await Garu.load());
  },
};
const loaded = new Map<() => Promise<Morphology>, Promise<Morphology>>();

/**
 * The analyzer of that name, loaded once per process; undefined for the empty name. Throws FIELD_INVALID for one that is not known,
 * ANALYZER_UNAVAILABLE where its package is not installed.
 */
export async function loadMorphology(name: string, known = loaders): Promise<Morphology | undefined> {
  if (name === '') return undefined;
  const load = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!load) {
    const message = `${field} "${name}" is not known; it may be ${Object.keys(known).join(', ')}, or empty for pairs of characters`;
    throw new KindredError('FIELD_INVALID', field, message);
  }
  const morphology = loaded.get(load) ?? loadedBy(name, load);
  loaded.set(load, morphology);
  return morphology;
}

async function loadedBy(name: string, load: () => Promise<Morphology>): Promise<Morphology> {
  try {
    return await load();
  } catch (error) {
    const [reason] = String((error as Error).message ?? error).split('\n');
    const message = `${field} "${name}" needs the optional package "${name}", which cannot be loaded here (${reason}); npm install ${name} where services run, and start them again, or leave it empty for pairs of characters`;
    throw new KindredError('ANALYZER_UNAVAILABLE', field, message);
  }
}

/** The same, or why it cannot be had: what is declared must not keep a collection from being searched and written. */
export async function findMorphology(name = ''): Promise<{ morphology?: Morphology; problem?: string }> {
  try {
    return { morphology: await loadMorphology(name) };
  } catch (error) {
    if (error instanceof KindredError) return { problem: error.message };
    throw error;
  }
}
