import type { KindredClient } from '@kindred/client';
import {
  type Attribute,
  type Item,
  type UpsertItemsRequest,
  type UpsertItemsResponse,
  Wait,
  WriteStatus,
} from '@kindred/contracts';
import type { Mapping } from './header-mapping.ts';
import type { ImportReport } from './import-report.ts';
import { itemOfRow } from './item-of-row.ts';
import { refusedRow } from './refused-row.ts';
import type { SourceRow } from './source-row.ts';

export interface ItemsImport {
  collection: string;
  mapping: Mapping;
  attributes: Attribute[];
  wait: boolean;
  report: ImportReport;
  onProgress: () => void;
}

/** Streams the rows' items; a refused one is reported under its line and the others go in. */
export async function importItems(
  client: KindredClient,
  rows: AsyncIterable<SourceRow>,
  options: ItemsImport,
): Promise<void> {
  /** Line of each request in the stream, by its index, until its answer is here. */
  const lines = new Map<bigint, number>();
  const requests = requestsOf(rows, lines, options);
  for await (const response of client.catalog.upsertItems(requests)) {
    const line = lines.get(response.index) ?? 0;
    lines.delete(response.index);
    record(response, line, options);
    options.onProgress();
  }
}

async function* requestsOf(
  rows: AsyncIterable<SourceRow>,
  lines: Map<bigint, number>,
  options: ItemsImport,
): AsyncGenerator<UpsertItemsRequest> {
  const attributes = new Map(options.attributes.map((attribute) => [attribute.name, attribute]));
  const wait = options.wait ? Wait.WAIT_COMPLETED : Wait.WAIT_ACKNOWLEDGED;
  let index = 0n;
  for await (const { line, item } of itemsOf(rows, attributes, options)) {
    lines.set(index, line);
    index += 1n;
    yield { item, wait };
  }
}

async function* itemsOf(
  rows: AsyncIterable<SourceRow>,
  attributes: Map<string, Attribute>,
  { collection, mapping, report, onProgress }: ItemsImport,
): AsyncGenerator<{ line: number; item: Item }> {
  for await (const row of rows) {
    const result = 'problem' in row ? row : itemOfRow(row.values, collection, mapping, attributes);
    if ('item' in result) yield { line: row.line, item: result.item };
    else {
      report.reject({ line: row.line, ...result.problem });
      onProgress();
    }
  }
}

function record({ result }: UpsertItemsResponse, line: number, { report, mapping }: ItemsImport): void {
  if (result?.status === WriteStatus.WRITE_STATUS_REJECTED) {
    report.reject(refusedRow(line, result.error, mapping));
  } else if (result?.status === WriteStatus.WRITE_STATUS_STALE) report.stale += 1;
  else report.accepted += 1;
}
