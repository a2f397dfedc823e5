import { type EmbedInput, loadMedia, type MediaAccess } from '@kindred/embedder';
import { type CollectionRow, contentOf, type InputKind } from '@kindred/vector-index';
import type { ChangedItem } from './changed-items.store.ts';

/** What an item gives a model of the kind; throws a KindredError where it cannot be had. */
export type ReadInput = (
  item: ChangedItem,
  kind: InputKind,
  collection: CollectionRow,
  signal: AbortSignal,
) => Promise<EmbedInput>;

export function inputReader({ limits, resources }: MediaAccess): ReadInput {
  return async (item, kind, collection, signal) => {
    if (kind === 'text') return { kind, text: contentOf(item, collection.attributes) };
    const [field, address] =
      kind === 'image' ? ['image_url', item.image_url] : ['attributes.sound_url', String(item.attributes.sound_url)];
    return { kind, bytes: await loadMedia(address, limits, { ...resources, kind, field, signal }) };
  };
}
