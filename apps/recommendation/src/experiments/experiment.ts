/** What is compared, per answer: the share clicked, the share that led to a purchase, and revenue. */
export const metricNames = ['click', 'conversion', 'revenue'] as const;
export type MetricName = (typeof metricNames)[number];

export const kindNames = ['split', 'interleave'] as const;

export interface Arm {
  name: string;
  /** Answers its people. */
  scenario: string;
  /** Above 0; of an interleaving 1. */
  weight: number;
}

export interface Guardrail {
  metric: MetricName;
  /** Share of the control's value, in [0, 1). */
  mostRelativeDrop: number;
}

/** What an experiment is declared as, and stored. Ranges: experiments.proto. */
export interface ExperimentSettings {
  name: string;
  /** Requests to it take part. */
  scenario: string;
  kind: (typeof kindNames)[number];
  /** The first is the control. */
  arms: Arm[];
  holdout?: { share: number; scenario: string };
  metric: MetricName;
  alpha: number;
  conversionDays: number;
  guardrails: Guardrail[];
}

export interface Experiment extends ExperimentSettings {
  salt: string;
  state: 'running' | 'stopped';
  reason: string;
  /** Why a guardrail took an arm out, by arm. */
  halted: Record<string, string>;
  startedAt: Date;
  stoppedAt?: Date;
}

/** The arm of those who are in none. */
export const holdoutName = 'holdout';

/** Every scenario that must stay as it is while the experiment runs. */
export function scenariosOf({ scenario, arms, holdout }: ExperimentSettings): string[] {
  return [...new Set([scenario, ...arms.map((arm) => arm.scenario), ...(holdout ? [holdout.scenario] : [])])];
}
