/** Recall@10 of IVFFlat by the recall asked for: titles of the chorus-icecat products, embedded by the built-in model. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { builtInTextModel } from '@kindred/embedder';
import pg from 'pg';
import { probesFor } from '../../../libs/vector-index/src/planner/breadth.ts';

const queries = 200;
const perBatch = 500;
const file = path.join(process.env.KINDRED_TEST_DATA ?? '../shared/data', 'chorus-icecat/products.jsonl');

/** One per product, as pgvector reads it. */
async function embeddedTitles(): Promise<{ vectors: string[]; dimensions: number }> {
  const model = await builtInTextModel();
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const inputs = lines.map((line) => ({ kind: 'text' as const, text: String(JSON.parse(line).title) }));
  const vectors: string[] = [];
  for (let at = 0; at < inputs.length; at += perBatch) {
    const made = await model.embed(inputs.slice(at, at + perBatch), 'document');
    vectors.push(...made.map((vector) => `[${vector.join(',')}]`));
  }
  return { vectors, dimensions: model.identity.dimensions };
}

async function measure(client: pg.Client): Promise<void> {
  const { vectors, dimensions } = await embeddedTitles();
  const type = `halfvec(${dimensions})`;
  await client.query('create extension if not exists vector');
  await client.query(`create temp table titles (id int, embedding ${type})`);
  const insert = `insert into titles select r.id, r.vector::${type} from unnest($1::int[], $2::text[]) as r(id, vector)`;
  for (let at = queries; at < vectors.length; at += perBatch) {
    const part = vectors.slice(at, at + perBatch);
    await client.query(insert, [part.map((_, step) => at + step), part]);
  }
  const nearest = async (vector: string): Promise<number[]> => {
    const sql = `select id from titles order by embedding <#> $1::${type} limit 10`;
    return (await client.query<{ id: number }>(sql, [vector])).rows.map(({ id }) => id);
  };
  const truth = new Map<string, number[]>();
  for (const vector of vectors.slice(0, queries)) truth.set(vector, await nearest(vector));
  await client.query('set enable_seqscan = off');
  for (const lists of [20, 100]) {
    await client.query('drop index if exists titles_embedding_idx');
    await client.query(`create index on titles using ivfflat (embedding halfvec_ip_ops) with (lists = ${lists})`);
    for (const target of [0.8, 0.9, 0.95, 0.97, 0.99]) {
      const probes = probesFor(target, lists);
      await client.query(`set ivfflat.probes = ${probes}`);
      let found = 0;
      for (const [vector, ids] of truth) found += (await nearest(vector)).filter((id) => ids.includes(id)).length;
      console.log(JSON.stringify({ lists, target, probes, recall: found / (10 * queries) }));
    }
  }
}

const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
try {
  await measure(client);
} finally {
  await client.end();
}
