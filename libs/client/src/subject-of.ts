import type { QueryRequest } from '@kindred/contracts';
import type { SearchInput, SubjectInput } from './compose-inputs.ts';
import type { Draft } from './draft.ts';
import { distances, fusions, searchModes } from './names.ts';

type Subject = NonNullable<Draft<QueryRequest>['by']>;

/** What is looked for; throws a TypeError for more than one thing. */
export function subjectOf(input: SubjectInput): Subject | undefined {
  const given: Subject[] = [];
  if (input.text !== undefined) given.push({ $case: 'text', value: input.text });
  if (input.vector)
    given.push({ $case: 'vector', value: { values: Array.from(input.vector), model: input.vectorModel } });
  if (input.imageUrl !== undefined)
    given.push({ $case: 'image', value: { source: { $case: 'url', value: input.imageUrl } } });
  if (input.image)
    given.push({ $case: 'image', value: { source: { $case: 'content', value: Buffer.from(input.image) } } });
  if (input.itemIds) given.push({ $case: 'itemIds', value: { ids: input.itemIds.map(String) } });
  if (input.userId !== undefined) given.push({ $case: 'userId', value: String(input.userId) });
  if (input.recommend) given.push({ $case: 'recommend', value: { negative: [], ...input.recommend } });
  if (given.length > 1)
    throw new TypeError(`a query looks for one thing; it has ${given.map((one) => one.$case).join(' and ')}. Use mix`);
  return given[0];
}

export function searchOf(input: SearchInput, path = '') {
  const { exact, efSearch, recallTarget, probes, distance, fusion } = input;
  const params = { exact, efSearch, recallTarget, probes };
  const hasParams = distance !== undefined || Object.values(params).some((value) => value !== undefined);
  return {
    params: hasParams ? { ...params, distance: distances.number(distance, `${path}distance`) } : undefined,
    fusion: fusion && { ...fusion, method: fusions.number(fusion.method, `${path}fusion.method`) },
    mode: searchModes.number(input.mode, `${path}mode`),
  };
}
