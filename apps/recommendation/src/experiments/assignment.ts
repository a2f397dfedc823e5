import { bucketOf } from '@kindred/ranking';
import { isNobody, type Person } from '../history/people-sql.ts';
import { type Arm, type Experiment, holdoutName } from './experiment.ts';

/** Who is assigned: one of the independent observations of an experiment. */
export interface Unit {
  /** "u" and a user, "s" and a session, "h" and the users of a household as JSON. */
  key: string;
  /** The users of a household. */
  members?: readonly string[];
}

/** Undefined for nobody, who takes part in no experiment. A person who is known by both is the user, not the session. */
export function unitOf(person: Person): Unit | undefined {
  if (isNobody(person)) return undefined;
  const { userIds, sessionId } = person;
  if (userIds.length === 0) return { key: `s${sessionId}` };
  if (userIds.length === 1) return { key: `u${userIds[0]}` };
  const members = userIds.toSorted();
  return { key: `h${JSON.stringify(members)}`, members };
}

export interface Assignment {
  experiment: Experiment;
  /** "holdout" for who is held out; empty where the pages of both arms are interleaved. */
  arm: string;
  /** What answers. */
  scenario: string;
  /** False: the arm was halted, or the answer cannot be interleaved. Who changes arms belongs to no comparison. */
  counted: boolean;
}

/** The same for the same unit as long as the experiment runs: by a hash, not by chance. Groups are not interleaved. */
export function assignmentOf(experiment: Experiment, { key }: Unit, grouped = false): Assignment {
  const { holdout, arms, kind, salt, halted } = experiment;
  const control = arms[0]!;
  const bucket = bucketOf(salt, key);
  const share = holdout?.share ?? 0;
  if (holdout && bucket < share) return { experiment, arm: holdoutName, scenario: holdout.scenario, counted: true };
  const uncounted = { experiment, arm: control.name, scenario: control.scenario, counted: false };
  if (kind === 'interleave') return grouped ? uncounted : { ...uncounted, arm: '', counted: true };
  const { name, scenario } = armAt(arms, (bucket - share) / (1 - share));
  return halted[name] === undefined ? { experiment, arm: name, scenario, counted: true } : uncounted;
}

/** The arm whose part of [0, 1) the place lies in. */
function armAt(arms: readonly Arm[], place: number): Arm {
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  let end = 0;
  for (const arm of arms) {
    end += arm.weight / total;
    if (place < end) return arm;
  }
  return arms.at(-1)!;
}
