import type { KindredClient } from '@kindred/client';
import { type Interaction, type InteractionType, limits, Wait, WriteStatus } from '@kindred/contracts';
import type { Mapping } from './header-mapping.ts';
import type { ImportReport } from './import-report.ts';
import { interactionOfRow } from './interaction-of-row.ts';
import { refusedRow } from './refused-row.ts';
import type { SourceRow } from './source-row.ts';

export interface InteractionsImport {
  collection: string;
  mapping: Mapping;
  type?: InteractionType;
  wait: boolean;
  report: ImportReport;
  onProgress: () => void;
}

interface Pending {
  line: number;
  interaction: Interaction;
}

/** Records the rows' interactions in requests of 1,000; a refused one is reported under its line and the others go in. */
export async function importInteractions(
  client: KindredClient,
  rows: AsyncIterable<SourceRow>,
  options: InteractionsImport,
): Promise<void> {
  let batch: Pending[] = [];
  for await (const row of rows) {
    const result = 'problem' in row ? row : interactionOfRow(row.values, options.mapping, options);
    if ('problem' in result) options.report.reject({ line: row.line, ...result.problem });
    else batch.push({ line: row.line, interaction: result.interaction });
    if (batch.length === limits.interactionsPerRequest) {
      await send(client, batch, options);
      batch = [];
    }
  }
  if (batch.length > 0) await send(client, batch, options);
}

async function send(
  client: KindredClient,
  batch: Pending[],
  { report, mapping, wait, onProgress }: InteractionsImport,
): Promise<void> {
  const interactions = batch.map((pending) => pending.interaction);
  const { results } = await client.catalog.recordInteractions({
    interactions,
    wait: wait ? Wait.WAIT_COMPLETED : Wait.WAIT_ACKNOWLEDGED,
  });
  results.forEach((result, index) => {
    if (result.status !== WriteStatus.WRITE_STATUS_REJECTED) report.accepted += 1;
    else report.reject(refusedRow(batch[index]!.line, result.error, mapping));
  });
  onProgress();
}
