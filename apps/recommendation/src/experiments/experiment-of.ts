import { Experiment as WireExperiment } from '@kindred/contracts';
import { type CollectionRow, invalid, missing, placed } from '@kindred/vector-index';
import { defaultScenario } from '../scenario/built-in-scenarios.ts';
import {
  type Arm,
  type Experiment,
  type ExperimentSettings,
  type Guardrail,
  holdoutName,
  kindNames,
  type MetricName,
  metricNames,
} from './experiment.ts';

const longestName = 64;
const mostArms = 8;
const mostWeight = 1_000;
const defaultAlpha = 0.05;
const defaultDays = 7;

/** The declared experiment, checked. Throws a KindredError by the path below "experiment". */
export function experimentOf(wire: WireExperiment): ExperimentSettings {
  try {
    return checked(wire);
  } catch (error) {
    throw placed(error, 'experiment');
  }
}

function checked(wire: WireExperiment): ExperimentSettings {
  if (wire.scenario === '') {
    throw missing(
      'scenario',
      `name the scenario to experiment on; "${defaultScenario.name}" answers where none is named`,
    );
  }
  const kind = oneOf(kindNames, wire.kind || 'split', 'kind');
  const arms = armsOf(wire, kind);
  const { alpha = defaultAlpha, conversionDays = defaultDays } = wire;
  if (!(alpha > 0 && alpha <= 0.5)) throw invalid('alpha', `is ${alpha}`, 'give more than 0, up to 0.5');
  if (!(conversionDays > 0 && conversionDays <= 90))
    throw invalid('conversion_days', `is ${conversionDays}`, 'give more than 0, up to 90');
  return {
    name: nameOf(wire.name, 'name', 'experiment'),
    scenario: wire.scenario,
    kind,
    arms,
    ...holdoutOf(wire, kind),
    metric: oneOf(metricNames, wire.metric || 'click', 'metric'),
    alpha,
    conversionDays,
    guardrails: guardrailsOf(wire.guardrails, kind),
  };
}

/** In one form of Unicode: what is typed on one system is found from another. Throws FIELD_MISSING, FIELD_INVALID. */
export function nameOf(given: string, path: string, of: string): string {
  const name = given.normalize('NFC');
  if (name === '') throw missing(path, `give the ${of} a name, like "bolder"`);
  if ([...name].length <= longestName && name.trim() === name && !/\p{Cc}/u.test(name)) return name;
  const shown = JSON.stringify([...name].slice(0, longestName + 1).join(''));
  throw invalid(
    path,
    `is ${shown}`,
    `use 1 to ${longestName} characters, no control characters, no blanks around them`,
  );
}

function armsOf({ arms }: WireExperiment, kind: ExperimentSettings['kind']): Arm[] {
  const [least, most] = kind === 'split' ? [2, mostArms] : [2, 2];
  if (arms.length < least || arms.length > most) {
    const counts = least === most ? `${least} arms` : `${least} to ${most} arms`;
    throw invalid('arms', `has ${arms.length} entries`, `give ${counts}, the control first`);
  }
  const names = new Set<string>();
  return arms.map(({ name: given, scenario, weight }, at) => {
    const path = `arms[${at}]`;
    const name = nameOf(given, `${path}.name`, 'arm');
    if (name === holdoutName) throw invalid(`${path}.name`, `is "${name}"`, 'that is who has no arm; use another name');
    if (names.has(name)) throw invalid(`${path}.name`, `is "${name}" again`, 'give each arm a name of its own');
    names.add(name);
    if (scenario === '') throw missing(`${path}.scenario`, 'name the scenario that answers the arm');
    return { name, scenario, weight: weightOf(weight, `${path}.weight`, kind) };
  });
}

function weightOf(weight: number | undefined, path: string, kind: ExperimentSettings['kind']): number {
  if (weight === undefined) return 1;
  if (kind === 'interleave')
    throw invalid(path, 'is given', 'leave it out: an interleaving shows both arms to everybody');
  if (weight > 0 && weight <= mostWeight) return weight;
  throw invalid(path, `is ${weight}`, `give more than 0, up to ${mostWeight}, or leave the arm out`);
}

function holdoutOf(
  { holdout, scenario }: WireExperiment,
  kind: ExperimentSettings['kind'],
): Pick<ExperimentSettings, 'holdout'> {
  if (!holdout) return {};
  if (kind === 'interleave')
    throw invalid(
      'holdout',
      'is given',
      'leave it out: shares of preferences say nothing of who is held out; a split does',
    );
  const { share } = holdout;
  if (!(share > 0 && share < 1))
    throw invalid('holdout.share', `is ${share}`, 'give a share of all people: more than 0, less than 1');
  return { holdout: { share, scenario: holdout.scenario || scenario } };
}

function guardrailsOf(guardrails: WireExperiment['guardrails'], kind: ExperimentSettings['kind']): Guardrail[] {
  if (guardrails.length > 0 && kind === 'interleave')
    throw invalid('guardrails', 'are given', 'leave them out: an interleaving has no arm to halt');
  const known = new Set<MetricName>();
  return guardrails.map(({ metric: given, mostRelativeDrop }, at) => {
    const path = `guardrails[${at}]`;
    const metric = oneOf(metricNames, given, `${path}.metric`);
    if (known.has(metric)) throw invalid(`${path}.metric`, `is "${metric}" again`, 'give each metric one guardrail');
    known.add(metric);
    if (mostRelativeDrop >= 0 && mostRelativeDrop < 1) return { metric, mostRelativeDrop };
    const wayOut = 'give a share of the control, from 0, below 1: 0.05 is 5 %';
    throw invalid(`${path}.most_relative_drop`, `is ${mostRelativeDrop}`, wayOut);
  });
}

function oneOf<Name extends string>(names: readonly Name[], given: string, path: string): Name {
  const found = names.find((name) => name === given);
  if (found) return found;
  throw invalid(path, `is "${given.slice(0, 64)}"`, `use ${names.join(', ')}`);
}

/** As callers see it. */
export function wireExperiment(
  experiment: Experiment,
  { name: collection }: Pick<CollectionRow, 'name'>,
): WireExperiment {
  const { arms, halted, salt: _, ...rest } = experiment;
  return WireExperiment.fromPartial({
    ...rest,
    collection,
    arms: arms.map((arm) => ({ ...arm, halted: halted[arm.name] ?? '' })),
  });
}
