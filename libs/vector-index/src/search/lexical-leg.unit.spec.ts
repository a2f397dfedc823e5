import { describe, expect, it } from 'vitest';
import { type LexicalLeg, lexicalSql } from './lexical-leg.ts';
import { StatementParams } from './statement-params.ts';

const legs: LexicalLeg[] = [
  { method: 'bm25_exact', terms: ['영화'] },
  { method: 'bm25_exact', terms: ['영화'], byTermIndex: true },
  { method: 'bm25_index', terms: ['영화'], partition: 'documents_1', index: 'documents_1_bm25' },
];
const sqlOf = (leg: LexicalLeg) => {
  const params = new StatementParams();
  const text = lexicalSql(leg, { collection: '$9', large: false, params, byDocument: { conditions: () => [] } }, '100');
  return { text, values: params.values };
};

describe.each(legs)('the lexical leg by $method, term index $byTermIndex', (leg) => {
  it('asks for its own terms alone where there are no extra ones', () => {
    const { text, values } = sqlOf(leg);
    expect(text).not.toMatch(/union|float8 \*/);
    expect(JSON.stringify(values)).not.toContain('배우');
    expect(values).toHaveLength(leg.method === 'bm25_exact' ? 2 : 1);
  });

  it('adds the score of the extra terms times their weight, each side as deep as the pool', () => {
    const plain = sqlOf(leg).text;
    const { text, values } = sqlOf({ ...leg, extra: { terms: ['배우', '감독'], weight: 0.35 } });
    expect(text).toContain(`(${plain}) asked`);
    expect(text).toMatch(/\$\d+::float8 \* score/);
    expect(text.match(/limit 100/g)).toHaveLength(3);
    expect(text).toMatch(/order by sum\(score\) desc, item_id limit 100$/);
    expect(values).toContain(0.35);
    expect(JSON.stringify(values)).toMatch(/배우.*감독/);
  });
});
