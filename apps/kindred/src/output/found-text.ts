import type { Highlight, Hit, TextSuggestion } from '@kindred/contracts';
import { hasColor, style } from './style.ts';

/** Where the words of each hit were found: "#1 title: Logitech [wireless] [mouse]". */
export function highlightLines(hits: readonly Hit[]): string[] {
  return hits.flatMap(({ highlights }, at) =>
    highlights.map((one) => `${style('dim', `#${at + 1} ${one.field}:`)} ${marked(one)}`),
  );
}

/** 'Did you mean "로지텍 마우스"?' */
export function suggestionLines(suggestions: readonly TextSuggestion[]): string[] {
  return suggestions.map(({ text }) => `Did you mean ${style('bold', `"${text}"`)}?`);
}

/** In color, or in brackets where there is none. */
function marked({ text, spans }: Highlight): string {
  const characters = [...text];
  let shown = '';
  let at = 0;
  for (const { start, end } of spans) {
    const word = characters.slice(start, end).join('');
    shown += characters.slice(at, start).join('') + (hasColor() ? style(['bold', 'yellow'], word) : `[${word}]`);
    at = end;
  }
  return (shown + characters.slice(at).join('')).replace(/\s+/gu, ' ');
}
