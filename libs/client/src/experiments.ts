import type {
  Experiment,
  GetExperimentStatusResponse,
  ReplayScenarioRequest,
  ReplayScenarioResponse,
} from '@kindred/contracts';
import type { Draft } from './draft.ts';
import type { KindredClient } from './kindred-client.ts';
import { present } from './results.ts';
import type { CallOptions } from './transport.ts';

/** What is compared, per answer: the share clicked, the share that led to a purchase, or revenue. */
export type ExperimentMetricName = 'click' | 'conversion' | 'revenue';

export interface ExperimentInput {
  collection: string;
  /** 1-64 characters; taken for good. */
  name: string;
  /** Requests to this scenario take part. */
  scenario: string;
  /** Each person has one arm (default), or both arms draft the pages of everybody. */
  kind?: 'split' | 'interleave';
  /** The first is the control; weights default to 1. */
  arms: { name: string; scenario: string; weight?: number }[];
  /** Share of people outside the arms, 0-1, and what answers them; default: the scenario as declared. */
  holdout?: { share: number; scenario?: string };
  /** What decides; default "click". */
  metric?: ExperimentMetricName;
  /** Default 0.05. */
  alpha?: number;
  /** A purchase counts for answers of so many days before it; default 7. */
  conversionDays?: number;
  /** An arm is halted once it certainly costs more than this share of the control's value: 0.05 is 5 %. */
  guardrails?: { metric: ExperimentMetricName; mostRelativeDrop: number }[];
}

interface Named {
  collection: string;
  name: string;
}

/** Experiments on scenarios: docs/experiments.md. */
export interface Experiments {
  /** Begins at once. */
  create(experiment: ExperimentInput, options?: CallOptions): Promise<Experiment>;
  /** Newest first; of all collections, or of one, by its name too. */
  list(of?: { collection?: string } | string, options?: CallOptions): Promise<Experiment[]>;
  /** What each arm did until now, and how it differs from the control. */
  status(experiment: Named, options?: CallOptions): Promise<GetExperimentStatusResponse>;
  /** The scenario answers as declared again. */
  stop(experiment: Named & { reason?: string }, options?: CallOptions): Promise<Experiment>;
  /** What other weights of a scenario would have earned, by its logged answers: docs/replay.md. */
  replay(request: Draft<ReplayScenarioRequest>, options?: CallOptions): Promise<ReplayScenarioResponse>;
}

export function experimentsOf({ experiments }: KindredClient): Experiments {
  return {
    async create(experiment, options) {
      return present((await experiments.createExperiment({ experiment }, options)).experiment, 'the experiment');
    },
    async list(of, options) {
      const collection = typeof of === 'string' ? of : of?.collection;
      return (await experiments.listExperiments({ collection }, options)).experiments;
    },
    async status(experiment, options) {
      return experiments.getExperimentStatus(experiment, options);
    },
    async stop(experiment, options) {
      return present((await experiments.stopExperiment(experiment, options)).experiment, 'the experiment');
    },
    async replay(request, options) {
      return experiments.replayScenario(request, options);
    },
  };
}
