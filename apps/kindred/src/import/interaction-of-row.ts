import { createHash } from 'node:crypto';
import { Interaction, InteractionType, interactionTypes } from '@kindred/contracts';
import type { Mapping } from './header-mapping.ts';
import { isEmpty, parseInstant, parseNumber } from './parse-value.ts';
import type { RowProblem } from './source-row.ts';

/** "add_to_cart" → its number in the contract; also "ADD_TO_CART" and "add to cart". */
export function interactionType(name: string): InteractionType | undefined {
  const wanted = name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  const known = interactionTypes.find((type) => type === wanted);
  return known && InteractionType[`INTERACTION_TYPE_${known.toUpperCase()}` as keyof typeof InteractionType];
}

export interface InteractionDefaults {
  collection: string;
  /** Used where the file has no type column. */
  type?: InteractionType;
}

type Result = { interaction: Interaction } | { problem: RowProblem };

/**
 * A row as the interaction it describes, or the column that is wrong and why. Without an event_id the row's own content
 * makes one, so the same file imported twice counts once.
 */
export function interactionOfRow(
  row: Record<string, unknown>,
  mapping: Mapping,
  defaults: InteractionDefaults,
): Result {
  const cells = new Map<string, { header: string; value: unknown }>();
  for (const [header, field] of mapping) {
    const value = row[header];
    if (field !== null && !isEmpty(value)) cells.set(field, { header, value });
  }
  const text = (field: string) => String(cells.get(field)?.value ?? '').trim();
  const bad = (field: string, reason: string): Result => ({
    problem: { field: cells.get(field)?.header ?? field, reason },
  });

  if (text('item_id') === '') return bad('item_id', 'is empty; every interaction needs the item it is about');
  if (text('user_id') === '' && text('session_id') === '')
    return bad('user_id', 'is empty, and so is session_id; give one of the two');
  const type = cells.has('type') ? interactionType(text('type')) : defaults.type;
  if (type === undefined)
    return bad(
      'type',
      `is ${JSON.stringify(text('type'))}; use one of ${interactionTypes.join(', ')}, or --type for all rows`,
    );
  const occurredAt = parseInstant(cells.get('occurred_at')?.value ?? '');
  if (occurredAt === undefined)
    return bad('occurred_at', 'is not a time like 2026-01-31T12:00:00Z, or seconds since 1970');
  const value = cells.has('value') ? parseNumber(cells.get('value')!.value) : undefined;
  if (cells.has('value') && value === undefined) return bad('value', 'is not a number');
  const position = cells.has('position') ? parseNumber(cells.get('position')!.value) : undefined;

  const eventId =
    text('event_id') ||
    contentId([
      defaults.collection,
      text('user_id'),
      text('session_id'),
      text('item_id'),
      type,
      occurredAt.toISOString(),
    ]);
  const { collection } = defaults;
  const ids = {
    userId: text('user_id'),
    sessionId: text('session_id'),
    itemId: text('item_id'),
    requestId: text('request_id'),
  };
  return { interaction: Interaction.fromPartial({ eventId, occurredAt, type, collection, ...ids, value, position }) };
}

const contentId = (parts: unknown[]) =>
  `import-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
