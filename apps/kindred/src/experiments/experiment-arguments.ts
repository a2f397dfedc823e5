import { InvalidArgumentError } from 'commander';

export interface ArmArgument {
  name: string;
  scenario: string;
  weight?: number;
}

/** "bold=home-bold" or "bold=home-bold:2". */
export function armArgument(text: string, earlier: ArmArgument[] = []): ArmArgument[] {
  const [, name, scenario, weight] = /^(.+)=([^=:]+)(?::([^:]+))?$/u.exec(text) ?? [];
  if (name === undefined || scenario === undefined)
    throw new InvalidArgumentError('Give name=scenario, or name=scenario:weight, like bold=home-bold:2.');
  return [...earlier, { name, scenario, ...(weight !== undefined && { weight: numberOf(weight) }) }];
}

/** "0.1" or "0.1=popular-only". */
export function holdoutArgument(text: string): { share: number; scenario?: string } {
  const [share, scenario] = text.split('=', 2);
  return { share: numberOf(share!), ...(scenario !== undefined && { scenario }) };
}

/** "revenue=0.05": no more than 5 % below the control. */
export function guardrailArgument(
  text: string,
  earlier: { metric: string; mostRelativeDrop: number }[] = [],
): { metric: string; mostRelativeDrop: number }[] {
  const [metric, drop] = text.split('=', 2);
  if (!metric || drop === undefined) throw new InvalidArgumentError('Give metric=drop, like revenue=0.05 for 5 %.');
  return [...earlier, { metric, mostRelativeDrop: numberOf(drop) }];
}

function numberOf(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`"${text}" is no number.`);
}
