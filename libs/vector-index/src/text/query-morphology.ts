import type { CollectionRow } from '../collection.store.ts';
import { findMorphology } from './load-morphology.ts';
import type { Morphology } from './morphology.ts';

/**
 * What a query of the collection is read by beside pairs of characters: its analyzer, once all of its documents were written with
 * that very one. Until then, and where it is not installed, by pairs alone, which every document has; `note` says so.
 */
export async function queryMorphology({
  search: { koreanAnalyzer },
  documentsAnalyzer,
}: Pick<CollectionRow, 'search' | 'documentsAnalyzer'>): Promise<{ morphology?: Morphology; note?: string }> {
  if (!koreanAnalyzer) return {};
  const { morphology, problem } = await findMorphology(koreanAnalyzer);
  if (problem !== undefined) return { note: `Korean is read by pairs of characters alone: ${problem}` };
  if (morphology?.identity === documentsAnalyzer) return { morphology };
  const note = `Korean is read by pairs of characters alone until all items were analyzed by ${morphology?.identity}, which goes on in the background`;
  return { note };
}
