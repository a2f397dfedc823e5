/**
 * Titles per second that the built-in text model embeds on one core: cold (words not seen before) and warm, by wall clock
 * and by CPU time, which other load disturbs less. Usage, from the repository's root:
 * npx node --experimental-transform-types -C @kindred/source libs/embedder/tools/bench-built-in.ts <data folder>
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInTextModel } from '../src/built-in/built-in-text-model.ts';
import { embedTexts } from '../src/embedding-model.ts';

const batchSize = 500;
const rounds = 5;

const folder = process.argv[2];
if (!folder) throw new Error('Usage: bench-built-in.ts <data folder>');
const titles = readFileSync(join(folder, 'chorus-icecat/products.jsonl'), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => (JSON.parse(line) as { title: string }).title);

const model = await builtInTextModel();

/** [per second of wall clock, per second of CPU] */
async function round(): Promise<[number, number]> {
  const started = performance.now();
  const before = process.cpuUsage();
  for (let at = 0; at < titles.length; at += batchSize) {
    await embedTexts(model, titles.slice(at, at + batchSize), 'document');
  }
  const { user, system } = process.cpuUsage(before);
  return [titles.length / ((performance.now() - started) / 1e3), titles.length / ((user + system) / 1e6)];
}

const show = ([wall, cpu]: readonly [number, number]) =>
  `${Math.round(wall)} titles/s, ${Math.round(cpu)} per CPU second`;
process.stdout.write(`${titles.length} titles\ncold: ${show(await round())}\n`);
for (let at = 1; at < rounds; at++) process.stdout.write(`warm: ${show(await round())}\n`);
