import { modelName } from '@kindred/client';
import { type Model, ModelState, type VectorStatus } from '@kindred/contracts';
import { enumName } from '../output/enum-name.ts';
import { type Field, renderFields } from '../output/fields.ts';
import { count, moment } from '../output/format.ts';
import { style } from '../output/style.ts';
import { type Column, renderTable } from '../output/table.ts';
import { vectorsTable } from '../vectors/vectors-text.ts';

const stateOf = (model: Model) => enumName(ModelState, model.state, 'MODEL_STATE_');

const columns: Column<Model>[] = [
  { head: 'name', value: (model) => model.name },
  { head: 'version', value: (model) => model.version },
  { head: 'provider', value: (model) => model.provider },
  { head: 'dims', right: true, value: (model) => count(model.dimensions) },
  { head: 'dtype', value: (model) => model.dtype },
  { head: 'state', value: stateOf },
  { head: 'takes', value: (model) => model.takes.join(', ') },
  { head: 'collections', flexible: true, value: (model) => model.collections.join(', ') },
  { head: 'registered', value: (model) => moment(model.registeredAt) },
];

export const modelsTable = (models: Model[]): string => renderTable(columns, models);

/** With the names of what is a number on the wire. */
export const modelForJson = (model: Model) => ({ ...model, state: stateOf(model) });

/** Everything that is known of a model, and its vectors by collection. */
export function modelText(model: Model, vectors: VectorStatus[]): string {
  const parameters = Object.entries(model.parameters ?? {});
  const metrics = Object.entries(model.metrics);
  const blocks = [
    `${style('bold', modelName(model))}\n${renderFields(modelFields(model))}`,
    section('parameters', renderFields(parameters.map(([name, value]): Field => [name, JSON.stringify(value)]))),
    section('metrics', renderFields(metrics.map(([name, value]): Field => [name, String(value)]))),
    section('vectors', vectorsTable(vectors)),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

const section = (title: string, text: string) => (text === '' ? '' : `${style('bold', title)}\n${text}`);

const modelFields = (model: Model): Field[] => [
  ['provider', model.provider],
  ['dimensions', count(model.dimensions)],
  ['dtype', model.dtype],
  ['normalization', model.normalization],
  ['takes', model.takes.join(', ')],
  ['state', stateOf(model)],
  ['collections', model.collections.join(', ')],
  ['dataset', model.dataset],
  ['artifact hash', model.artifactHash],
  ['registered', moment(model.registeredAt)],
];
