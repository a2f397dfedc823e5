import { KindredError } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import type { InputKind } from '../models/model.store.ts';
import type { Layout, ModelLayout } from './layout.store.ts';
import type { SearchBy, SearchRequest } from './search-request.ts';

/** Pictures are compared with pictures, everything else with what texts became. */
const kindOf = (by: SearchBy): InputKind => (by.kind === 'image' ? 'image' : 'text');

/**
 * The model whose vectors answer, among those the collection has; undefined where none fits yet. Asked for by name, it
 * need not be the active one: a migration compares both.
 */
export function chooseModel(
  { by, model: wanted }: Pick<SearchRequest, 'by' | 'model'>,
  { models }: Layout,
): ModelLayout | undefined {
  const name = wanted?.name || (by.kind === 'vector' ? by.model : '');
  const kind = kindOf(by);
  if (name === '') return models.find((one) => one.role === 'active' && one.kind === kind);
  const named = models.filter((one) => one.model.name === name && matches(one, wanted?.version));
  return named.find((one) => one.role === 'active') ?? named[0];
}

const matches = ({ model }: ModelLayout, version = '') => version === '' || model.version === version;

/** Why no model was chosen, as the caller can mend it; undefined where there is simply no vector yet. */
export function refusalOf(
  { by, model: wanted }: Pick<SearchRequest, 'by' | 'model'>,
  collection: CollectionRow,
  { models }: Layout,
): KindredError | undefined {
  const active = models.find((one) => one.role === 'active' && one.kind === kindOf(by));
  const field = wanted?.name ? 'model' : 'vector.model';
  const name = wanted?.name || (by.kind === 'vector' ? by.model : '');
  if (name !== '' && active) {
    const message = `${field} is "${name}", but "${collection.name}" is embedded with "${active.model.name}"; embed the query with that`;
    return new KindredError('MODEL_MISMATCH', field, message);
  }
  if (name !== '') {
    const message = `No model "${name}" has vectors of "${collection.name}"; leave ${field} empty, or list the models with ListModels`;
    return new KindredError('MODEL_NOT_FOUND', field, message);
  }
  if (by.kind !== 'image') return undefined;
  const message = `"${collection.name}" has no model for images; set its image_model with PutCollection, or search by text`;
  return new KindredError('INPUT_KIND_NOT_TAKEN', 'image', message);
}
