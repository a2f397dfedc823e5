import { KindredError } from '@kindred/contracts';
import {
  type CheckedRequest,
  type CollectionDirectory,
  type CollectionRow,
  checkFacts,
  checkRequest,
  contradictionOf,
  isAngular,
  type LegChooser,
  type PlannedLeaf,
  placed,
  type Ran,
  type ReadText,
  readText,
  under,
  type Vocabularies,
} from '@kindred/vector-index';
import type { ComposedQuery, Part, Stage } from './composed-query.ts';

/** A search of one collection, and how its text was read there. */
export interface ReadLeaf extends PlannedLeaf {
  weight: number;
  read: Omit<ReadText, 'request'>;
}

export interface PlannedPart {
  part: Part;
  /** One per collection. */
  leaves: ReadLeaf[];
}

export interface PlannedStage {
  stage: Stage;
  parts: PlannedPart[];
  stages: PlannedStage[];
}

interface Planning {
  query: ComposedQuery;
  collections: CollectionRow[];
  chooser: LegChooser;
  vocabularies: Vocabularies | undefined;
  /** Of the page before, taken one by one in the order of the searches. */
  before: Ran[] | undefined;
}

/** Throws COLLECTION_NOT_FOUND on the field that names it. */
export function readCollections(directory: CollectionDirectory, { tenant, collections }: ComposedQuery) {
  return Promise.all(
    collections.map((name, at) =>
      directory.get(tenant, name).catch((error: unknown) => {
        if (at === 0 || !(error instanceof KindredError) || error.code !== 'COLLECTION_NOT_FOUND') throw error;
        throw new KindredError('COLLECTION_NOT_FOUND', `collections[${at - 1}]`, error.message);
      }),
    ),
  );
}

/** Chooses the legs of every search, `depth` hits deep for those without a limit of their own. */
export async function planStages(planning: Planning, stage: Stage, depth: number): Promise<PlannedStage> {
  const own = stage.path === '' ? depth : stage.limit;
  const stages: PlannedStage[] = [];
  for (const one of stage.stages) stages.push(await planStages(planning, one, depth));
  const parts: PlannedPart[] = [];
  for (const part of stage.parts) parts.push(await planPart(planning, part, own));
  return { stage, parts, stages };
}

async function planPart(planning: Planning, part: Part, depth: number): Promise<PlannedPart> {
  const { collections } = planning;
  const whereOf = ({ name }: CollectionRow) => (collections.length > 1 ? `collection "${name}"` : '');
  const asked = [];
  for (const one of collections) {
    asked.push(await under(part.path, () => askLeaf(planning, part, one, depth), whereOf(one)));
  }
  // Where only some collections contradict the filter, examples of the first one may be looked for in the others.
  const impossible = asked.every(({ contradiction }) => contradiction !== undefined);
  const leaves: ReadLeaf[] = [];
  for (const one of asked) {
    const plan = () => (impossible ? nothingToFind(planning, one) : planLeaf(planning, one));
    leaves.push({ ...(await under(part.path, plan, whereOf(one.collection))), weight: part.weight });
  }
  refuseMixedModels(part, leaves);
  refuseMixedDistances(part, leaves);
  return { part, leaves };
}

interface AskedLeaf {
  request: CheckedRequest;
  collection: CollectionRow;
  /** Why no item can match the filter. */
  contradiction?: string;
  /** Of the page before. */
  position?: Ran;
}

async function askLeaf(
  { query, before }: Planning,
  { search }: Part,
  collection: CollectionRow,
  depth: number,
): Promise<AskedLeaf> {
  const wanted = { ...search, collection: collection.name, pageToken: '', limit: undefined, signal: query.signal };
  const request = { ...checkRequest(wanted), limit: depth };
  // Told before anything is embedded.
  if (request.filter) checkFacts(collection, [{ kind: 'filter', filter: request.filter }]);
  return { request, collection, contradiction: contradictionOf(request.filter, collection), position: before?.shift() };
}

type PlannedSearch = Omit<ReadLeaf, 'weight'>;

async function planLeaf(
  { chooser, vocabularies }: Planning,
  { request: asked, collection, position }: AskedLeaf,
): Promise<PlannedSearch> {
  const { request, ...read } = await readText(asked, collection, vocabularies, position?.corrected);
  const legs = await chooser.choose(request, collection, { before: position });
  return { request, collection, legs, read };
}

async function nothingToFind(
  { chooser }: Planning,
  { request, collection, contradiction = '' }: AskedLeaf,
): Promise<PlannedSearch> {
  const legs = await chooser.nothing(request, collection, contradiction);
  return { request, collection, legs, read: { notes: [], suggestions: [], corrected: false } };
}

/** Cosines of two models do not compare. */
function refuseMixedModels({ path }: Part, leaves: readonly ReadLeaf[]): void {
  const first = leaves.find(({ legs }) => legs.dense);
  const identity = first?.legs.dense?.model.identity;
  for (const [at, { collection, legs }] of leaves.entries()) {
    const other = legs.dense?.model.identity;
    if (!identity || !other) continue;
    if (
      identity.name === other.name &&
      identity.version === other.version &&
      identity.artifactHash === other.artifactHash
    )
      continue;
    const names = `"${collection.name}" is embedded with ${other.name} ${other.version}, "${first!.collection.name}" with ${identity.name} ${identity.version}`;
    const message = `collections[${at - 1}]: ${names}, and their scores do not compare; name a model that both have, or use mode lexical`;
    throw placed(new KindredError('MODEL_MISMATCH', `collections[${at - 1}]`, message), path);
  }
}

/** Closenesses by two distances do not compare, but for those that are a cosine exactly. */
function refuseMixedDistances({ path }: Part, leaves: readonly ReadLeaf[]): void {
  const first = leaves.find(({ legs }) => legs.dense);
  const distance = first?.legs.dense?.distance;
  for (const [at, { collection, legs }] of leaves.entries()) {
    const other = legs.dense?.distance;
    if (!distance || !other || other === distance || (isAngular(other) && isAngular(distance))) continue;
    const names = `"${collection.name}" is searched by ${other}, "${first!.collection.name}" by ${distance}`;
    const message = `collections[${at - 1}]: ${names}, and their scores do not compare; set params.distance`;
    throw placed(new KindredError('FIELD_INVALID', `collections[${at - 1}]`, message), path);
  }
}

/** Every search of the stages, in the order they were planned in. */
export function leavesOf({ parts, stages }: PlannedStage): ReadLeaf[] {
  return [...stages.flatMap(leavesOf), ...parts.flatMap(({ leaves }) => leaves)];
}
