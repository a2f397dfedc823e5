import { isDeepStrictEqual } from 'node:util';
import { KindredError, type ReplayScenarioRequest, ReplayScenarioResponse } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type CollectionDirectory, type CollectionRow, invalid } from '@kindred/vector-index';
import type { Scenario, SourceName } from '../scenario/scenario.ts';
import { noScenario, scenarioOf } from '../scenario/scenario-of.ts';
import type { Scenarios } from '../scenario/scenarios.ts';
import type { Settings } from '../settings.ts';
import { readNoted } from './replay.store.ts';
import { type ReplayedValue, replay } from './replay.ts';
import { type ReplayedAnswer, replayedAnswer } from './replayed-answer.ts';

const mostAnswers = 50_000;
const standardDays = 30;
const mostDays = 365;

/** Answers ReplayScenario. Throws a KindredError that names the field. */
export class ReplayService {
  constructor(
    /** May be a replica. */
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly scenarios: Scenarios,
    private readonly settings: Pick<Settings, 'robotEventsPerMinute'>,
  ) {}

  /** Throws REPLAY_NOT_POSSIBLE where no answer can be judged; of a scenario that is gone the log still can. */
  async replay(request: ReplayScenarioRequest, tenant: string): Promise<ReplayScenarioResponse> {
    const { scenario: wire, days = standardDays, mostWeight } = request;
    if (!wire) throw new KindredError('FIELD_MISSING', 'scenario', 'scenario is missing; give the setting to judge');
    if (!(days > 0 && days <= mostDays)) throw invalid('days', `is ${days}`, `give more than 0, up to ${mostDays}`);
    if (mostWeight !== undefined && !(mostWeight >= 1))
      throw invalid('most_weight', `is ${mostWeight}`, 'give 1 or more, or leave it out');
    const row = await this.collections.get(tenant, wire.collection);
    const wanted = scenarioOf(wire, row);
    const all = await this.scenarios.all(row);
    const declared = all.find(({ name }) => name === wanted.name);
    const read = await this.read(row, wanted, days);
    if (read.answers.length === 0) {
      const names = all.map(({ name }) => name);
      throw declared ? nothingDrawn(declared, days) : noScenario(wanted.name, 'scenario.name', names);
    }
    const { metrics, ...counted } = await replay(read.answers, mostWeight);
    return ReplayScenarioResponse.fromPartial({
      ...counted,
      answers: BigInt(counted.answers),
      units: BigInt(counted.units),
      metrics: metrics.map(({ estimates, ...metric }) => ({
        ...metric,
        estimates: estimates.map(({ estimator, ranked, replayed, difference }) => ({
          estimator,
          ranked: known(ranked),
          replayed: known(replayed),
          difference: known(difference),
        })),
      })),
      notes: [...unjudgedNotes(wanted, declared), ...leftOutNotes(read)],
    });
  }

  private async read(collection: CollectionRow, { name, sources }: Scenario, days: number): Promise<Read> {
    const read: Read = { answers: [], leftOut: new Map(), without: 0, robots: 0 };
    const perMinute = new Map<string, number>();
    const robots = new Set<string>();
    const names = Object.keys(sources) as SourceName[];
    for await (const noted of readNoted(this.database, { collection, scenario: name, days, most: mostAnswers })) {
      const minute = `${noted.unit} ${noted.asked_at.slice(0, 16)}`;
      perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
      if (noted.unit !== '' && perMinute.get(minute)! > this.settings.robotEventsPerMinute) robots.add(noted.unit);
      const unasked = names.filter((source) => noted.candidates.sources[source] === undefined);
      for (const source of unasked) read.leftOut.set(source, (read.leftOut.get(source) ?? 0) + 1);
      if (unasked.length > 0) read.without += 1;
      else if (noted.item_ids.length > 0) read.answers.push(replayedAnswer(noted, sources));
    }
    const ofPeople = withoutRobots(read, robots);
    if (ofPeople.answers.length > 0) return ofPeople;
    const [[source] = []] = [...read.leftOut];
    if (source) throw unaskedSource(source, names.indexOf(source), name);
    return ofPeople;
  }
}

function nothingDrawn({ name, randomize }: Scenario, days: number): KindredError {
  const is = `No answer of the scenario "${name}" to people in the last ${days} days was left to chance, so that no other order can be judged`;
  const first = randomize
    ? 'it declares "randomize": '
    : 'declare it with "randomize": {"share": 0.1, "depth": 20}, and ';
  return new KindredError('REPLAY_NOT_POSSIBLE', 'scenario.name', `${is}; ${first}replay once people were answered`);
}

interface Read {
  answers: ReplayedAnswer[];
  /** By source that the new setting has and the answer had not. */
  leftOut: Map<SourceName, number>;
  /** Answers without one of them. */
  without: number;
  /** Answers to units that ask more than people do. */
  robots: number;
}

function withoutRobots(read: Read, robots: ReadonlySet<string>): Read {
  const answers = read.answers.filter(({ unit }) => !robots.has(unit));
  return { ...read, answers, robots: read.answers.length - answers.length };
}

function unaskedSource(source: SourceName, at: number, scenario: string): KindredError {
  const is = `None of the logged answers asked the source "${source}", so that nobody knows what it would have found`;
  const wayOut = `declare "${scenario}" with a small weight of it, like 0.01, or replay without it`;
  return new KindredError('REPLAY_NOT_POSSIBLE', `scenario.sources[${at}].name`, `${is}; ${wayOut}`);
}

const known = ({ value, low, high }: ReplayedValue) => ({ value: finite(value), low: finite(low), high: finite(high) });
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

const judgedElsewhere: [keyof Scenario, string][] = [
  ['exclude', 'exclude'],
  ['diversity', 'diversity'],
  ['freshness', 'freshness'],
  ['quotas', 'quotas'],
  ['halfLifeEvents', 'half_life_events'],
  ['fatigue', 'fatigue'],
  ['exploration', 'exploration'],
];

/** Parts that a log of one setting says nothing of for another. */
function unjudgedNotes(wanted: Scenario, declared: Scenario | undefined): string[] {
  const same = (part: keyof Scenario) => isDeepStrictEqual(wanted[part], declared?.[part]);
  const changed = judgedElsewhere.filter(([part]) => !same(part)).map(([, name]) => name);
  const notes =
    changed.length > 0
      ? [
          `Not judged, since they differ from what is declared: ${changed.join(', ')}; they count as they were when people were answered`,
        ]
      : [];
  const arranged = declared?.diversity !== undefined || (declared?.quotas.length ?? 0) > 0;
  if (arranged) notes.push('The new order is made without diversity and quotas, which the order that answered had');
  return notes;
}

function leftOutNotes({ answers, leftOut, without, robots }: Read): string[] {
  const notes =
    without > 0 ? [`${without} answers were left out, which did not ask ${[...leftOut.keys()].join(', ')}`] : [];
  if (robots > 0) notes.push(`${robots} answers to robots were left out`);
  if (answers.length + without + robots >= mostAnswers)
    notes.push(`Only the newest ${mostAnswers.toLocaleString('en')} answers were read`);
  return notes;
}
