/** What a provider was asked for and, by its own count, how much of it is paid. */
export interface ModelUsage {
  /** Requests sent, retries included. */
  requests: number;
  retries: number;
  /** Requests without a usable answer. */
  failures: number;
  /** Texts in answered requests. */
  inputs: number;
  /** As the provider counts them; 0 where it does not say. */
  tokens: number;
  /** tokens x pricePerMillionTokens / 1,000,000. */
  cost: number;
}

export const noUsage = (): ModelUsage => ({ requests: 0, retries: 0, failures: 0, inputs: 0, tokens: 0, cost: 0 });

export function addUsage(total: ModelUsage, usage: ModelUsage): void {
  for (const [name, value] of Object.entries(usage) as [keyof ModelUsage, number][]) total[name] += value;
}
