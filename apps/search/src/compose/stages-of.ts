import { FusionMethod, limits, type Prefetch, QueryRequest } from '@kindred/contracts';
import { bothFilters, invalid, missing, type SearchRequest, under } from '@kindred/vector-index';
import { checkFusionMethod } from '../request-of.ts';
import type { Part, Stage } from './composed-query.ts';

/** Turns the wire form of one search into a SearchRequest, with what the whole query says. */
export type SearchOf = (request: QueryRequest) => Promise<SearchRequest>;

const mostParts = 16;
const mostStages = 16;
const mostLevels = 4;
/** Of all stages together. */
const mostCandidates = 5_000;
const handedOn = 100;
/** Beyond the page token's depth nothing is paged to. */
const unlimited = limits.pageDepth;

/** The query and its stages; images are fetched here. Throws by the field's path. */
export async function stageOf(request: QueryRequest, searchOf: SearchOf): Promise<Stage> {
  checkStages(request.prefetch);
  const stages = await stagesOf(request.prefetch, '', '', { request, searchOf });
  const alone = { path: '', label: '', stages, weight: 1, limit: unlimited };
  if (request.mix && request.by) {
    throw invalid('mix', `is given beside ${request.by.$case}`, 'put it into mix.parts, or leave mix out');
  }
  if (request.mix) return { ...alone, parts: await partsOf(request, searchOf), mixed: true };
  if (request.by) return { ...alone, parts: [{ ...whole, search: await searchOf(request) }], mixed: false };
  if (stages.length === 0) {
    throw missing('by', 'give text, vector, image, item_ids, user_id, recommend, mix or prefetch');
  }
  if (request.mode !== 0) throw invalid('mode', 'has nothing to search by', 'set prefetch[n].mode, or give a text');
  return { ...alone, parts: [], mixed: false, rrfK: rrfOf(request, '') };
}

const whole = { path: '', label: '', weight: 1 };

async function partsOf(request: QueryRequest, searchOf: SearchOf): Promise<Part[]> {
  const parts = request.mix!.parts;
  if (parts.length === 0) throw missing('mix.parts', 'give at least one part');
  if (parts.length > mostParts)
    throw invalid('mix.parts', `has ${parts.length} entries`, `at most ${mostParts} are taken`);
  const texts = parts.some(({ by }) => by?.$case === 'text');
  const made: Part[] = [];
  for (const [at, { by, weight = 1 }] of parts.entries()) {
    const path = `mix.parts[${at}]`;
    if (!by) throw missing(`${path}.by`, 'give text, vector, image, item_ids, user_id or recommend');
    if (weight === 0 || !Number.isFinite(weight)) {
      throw invalid(`${path}.weight`, `is ${weight}`, 'give any finite number but 0: below 0 pushes away');
    }
    // The mode is of texts, unless nothing is one: then it is refused where it does not fit.
    const mode = by.$case === 'text' || !texts ? request.mode : 0;
    const one = QueryRequest.create({ ...request, by, mode });
    made.push({ path, label: `part_${at}`, weight, search: await under(path, () => searchOf(one)) });
  }
  if (made.every(({ weight }) => weight < 0)) {
    throw invalid('mix.parts', 'only push away', 'give at least one part a weight above 0: what to look for');
  }
  return made;
}

interface Context {
  request: QueryRequest;
  searchOf: SearchOf;
}

async function stagesOf(prefetch: Prefetch[], path: string, label: string, context: Context): Promise<Stage[]> {
  const stages: Stage[] = [];
  for (const [at, one] of prefetch.entries()) {
    stages.push(await prefetchOf(one, `${path}prefetch[${at}]`, `${label}prefetch_${at}`, context));
  }
  return stages;
}

async function prefetchOf(prefetch: Prefetch, path: string, label: string, context: Context): Promise<Stage> {
  const { by, weight = 1, limit = handedOn } = prefetch;
  const stages = await stagesOf(prefetch.prefetch, `${path}.`, `${label}.`, context);
  if (!by && stages.length === 0) {
    throw missing(
      `${path}.by`,
      'give text, vector, image, item_ids, user_id or recommend, or stages before it in prefetch',
    );
  }
  const stage = { path, label, stages, mixed: false, weight, limit };
  if (!by) return { ...stage, parts: [], rrfK: rrfOf(prefetch, `${path}.`) };
  const { mode, params, fusion } = prefetch;
  const filter = bothFilters(context.request.filter, prefetch.filter);
  const one = QueryRequest.create({ ...context.request, by, mode, params, fusion, filter });
  const search = await under(path, () => context.searchOf(one));
  return { ...stage, parts: [{ path, label, weight: 1, search }] };
}

/** Checked before anything is fetched or embedded. */
function checkStages(prefetch: Prefetch[]): void {
  const all = flat(prefetch, 1, '');
  if (all.length > mostStages)
    throw invalid('prefetch', `has ${all.length} stages in all`, `at most ${mostStages} are taken`);
  for (const { path, stage } of all) {
    const { weight = 1, limit = handedOn } = stage;
    if (!(weight > 0 && Number.isFinite(weight)))
      throw invalid(`${path}.weight`, `is ${weight}`, 'give a number above 0');
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
      throw invalid(`${path}.limit`, `is ${limit}`, 'give the number of candidates to hand on, from 1 to 1000');
    }
  }
  const candidates = all.reduce((sum, { stage }) => sum + (stage.limit ?? handedOn), 0);
  if (candidates > mostCandidates) {
    const way = `at most ${mostCandidates} are taken: lower some prefetch[n].limit`;
    throw invalid('prefetch', `hands on ${candidates} candidates in all`, way);
  }
}

function flat(prefetch: Prefetch[], level: number, before: string): { path: string; stage: Prefetch }[] {
  return prefetch.flatMap((stage, at) => {
    const path = `${before}prefetch[${at}]`;
    if (level > mostLevels) throw invalid(path, `is nested deeper than ${mostLevels} levels`, 'flatten the stages');
    return [{ path, stage }, ...flat(stage.prefetch, level + 1, `${path}.`)];
  });
}

/** Undefined: by shares of the best score. */
function rrfOf({ fusion }: Pick<QueryRequest, 'fusion'>, path: string): number | undefined {
  if (fusion) checkFusionMethod(fusion, path);
  if (fusion?.denseWeight !== undefined) {
    const way = 'set the weight of each stage in prefetch[n].weight';
    throw invalid(`${path}fusion.dense_weight`, 'is of two legs, and here stages are fused', way);
  }
  if (fusion?.method !== FusionMethod.FUSION_METHOD_RRF) return undefined;
  const { rrfK = 60 } = fusion;
  if (Number.isInteger(rrfK) && rrfK >= 1 && rrfK <= 10_000) return rrfK;
  throw invalid(`${path}fusion.rrf_k`, `is ${rrfK}`, 'it must be from 1 to 10000');
}
