import { KindredError } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import { activeModel, type InputKind, readModel, readRoles } from '@kindred/vector-index';
import type { CollectionDeclaration } from './collection.store.ts';

/** Refuses models that are not registered, do not take such inputs, or would leave the stored vectors behind. */
export async function checkModels(
  sql: Sql,
  declaration: CollectionDeclaration,
  collectionId: number | undefined,
): Promise<void> {
  const roles = collectionId === undefined ? [] : await readRoles(sql, collectionId);
  const declared: [InputKind, string, string][] = [
    ['text', 'collection.model', declaration.model],
    ['image', 'collection.image_model', declaration.imageModel],
    ['sound', 'collection.sound_model', declaration.soundModel],
  ];
  if (declaration.expansionModel !== '') await checkWordModel(sql, declaration.expansionModel);
  for (const [kind, field, name] of declared) {
    if (name === '') continue;
    await checkModel(sql, kind, field, name);
    const active = activeModel(roles, kind);
    if (!active || active.name === name) continue;
    const message = `"${declaration.name}" has vectors of "${active.name}"; change to "${name}" with kindred models migrate, which keeps it searchable meanwhile`;
    throw new KindredError('SCHEMA_CHANGE_REFUSED', field, message);
  }
}

async function checkModel(sql: Sql, kind: InputKind, field: string, name: string): Promise<void> {
  const model = await readModel(sql, name, '');
  if (!model) {
    const message = `No model "${name}" is registered; leave it empty for the default, or list the models with ListModels`;
    throw new KindredError('MODEL_NOT_FOUND', field, message);
  }
  if (model.takes.includes(kind)) return;
  const message = `The model "${name}" takes ${model.takes.join(' and ')}, not ${kind}; choose another for ${field}`;
  throw new KindredError('INPUT_KIND_NOT_TAKEN', field, message);
}

async function checkWordModel(sql: Sql, name: string): Promise<void> {
  const model = await readModel(sql, name, '');
  if (model?.identity.provider === 'words') return;
  const what = model ? `The model "${name}" is no word model` : `No word model "${name}" is registered`;
  const message = `${what}; train one with TrainWords, import one with ImportWords, or leave collection.expansion_model empty`;
  throw new KindredError(model ? 'INPUT_KIND_NOT_TAKEN' : 'MODEL_NOT_FOUND', 'collection.expansion_model', message);
}
