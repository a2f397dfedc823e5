import { type Attribute, AttributeType, type Hit, type HitGroup, type Plan } from '@kindred/contracts';
import { cell, count, price, score } from './format.ts';
import { planDetails, planLine } from './plan-line.ts';
import { style } from './style.ts';
import { type Column, renderTable } from './table.ts';

export interface HitsView {
  hits: Hit[];
  /** Instead of hits, where --group-by was given. */
  groups: HitGroup[];
  groupBy?: string;
  plan?: Plan;
  nextPageToken: string;
  attributes: Attribute[];
  /** Attributes asked for with --show; else the first two the collection shows. */
  show?: string[];
  explain?: boolean;
}

interface Row {
  rank: number;
  hit: Hit;
}

/** The answer as people read it: hits, how they were found, and how to see more. */
export function hitsText(view: HitsView): string {
  const rows = foundHits(view).map((hit, index) => ({ rank: index + 1, hit }));
  const lines = rows.length === 0 ? ['Nothing matches.'] : renderTable(columns(view), rows).split('\n');
  const table = view.groups.length === 0 ? lines : grouped(lines, view);
  const details = view.explain && view.plan ? planDetails(view.plan) : [];
  const more = view.nextPageToken === '' ? [] : [`more with --page-token ${view.nextPageToken}`];
  return [...table, '', ...[planLine(view.plan), ...details, ...more].map((line) => style('dim', line))].join('\n');
}

/** All hits in the order in which they are numbered. */
export const foundHits = ({ hits, groups }: Pick<HitsView, 'hits' | 'groups'>): Hit[] =>
  groups.length === 0 ? hits : groups.flatMap((group) => group.hits);

/** The lines of the table under the values that they share: one table, so that columns stand below each other. */
function grouped([head = '', ...lines]: string[], { groups, groupBy = '' }: HitsView): string[] {
  const sections = groups.flatMap(({ value, hits }) => {
    const title = value === undefined ? `without ${groupBy}` : `${groupBy} = ${cell(value)}`;
    return ['', style('bold', title), ...lines.splice(0, hits.length)];
  });
  return [head, ...sections];
}

function columns(view: HitsView): Column<Row>[] {
  const names = view.show ?? shownAttributes(view.attributes);
  return [
    { head: '#', right: true, value: (row) => String(row.rank) },
    { head: 'score', right: true, value: (row) => score(row.hit.score) },
    { head: 'item', value: (row) => row.hit.itemId },
    { head: 'title', flexible: true, value: (row) => row.hit.item?.title ?? '' },
    ...names.map((name) => ({ head: name, value: (row: Row) => cell(row.hit.item?.attributes?.[name]) })),
    { head: 'price', right: true, value: (row) => price(row.hit.item?.price) },
    {
      head: 'stock',
      right: true,
      value: (row) => (row.hit.item?.stock === undefined ? '' : count(row.hit.item.stock)),
    },
    { head: 'why', flexible: true, value: (row) => row.hit.reason },
    ...(view.explain ? [{ head: 'scores', value: (row: Row) => scoresOf(row.hit) }] : []),
  ];
}

/** "lexical 7.463 #2, dense 0.782 #1": each leg's score, and the hit's rank in it where the leg tells. */
function scoresOf({ scores }: Hit): string {
  const legs = Object.entries(scores).filter(([name]) => !name.endsWith('_rank'));
  const rankOf = (name: string) => (scores[`${name}_rank`] === undefined ? '' : ` #${scores[`${name}_rank`]}`);
  return legs.map(([name, value]) => `${name} ${score(value)}${rankOf(name)}`).join(', ');
}

function shownAttributes(attributes: Attribute[]): string[] {
  const short = attributes.filter(
    (attribute) => attribute.shown !== false && attribute.type !== AttributeType.ATTRIBUTE_TYPE_TEXT,
  );
  return short.slice(0, 2).map((attribute) => attribute.name);
}
