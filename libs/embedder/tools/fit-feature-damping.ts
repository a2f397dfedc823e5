/**
 * Writes models/feature-damping.bin: how common each feature is in three unlike sources per language, so that neither
 * films nor web frameworks shape it. Usage: node --experimental-transform-types tools/fit-feature-damping.ts <data folder>
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInParameters } from '../src/built-in/built-in-text-model.ts';
import { writeFeatureDamping } from '../src/built-in/feature-damping.ts';
import { hashFeature, visitFeatures } from '../src/built-in/hashed-features.ts';
import { isSyllableRun, splitScripts } from '../src/built-in/split-scripts.ts';
import { splitWords } from '../src/built-in/word-piece.ts';

/** Rates below are not told apart: rare features all weigh 1. */
const floor = 1e-3;
/** A source that lacks a feature counts as having it this often. */
const unseen = 3e-4;

const folder = process.argv[2];
if (!folder) throw new Error('Usage: fit-feature-damping.ts <data folder>');
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const lines = (path: string) => read(path).split('\n').filter(Boolean);
const paragraphs = (text: string) => text.split(/\r?\n\r?\n/).filter((paragraph) => paragraph.length > 40);
const novels = () => readdirSync(join(folder, 'gutenberg-25')).filter((name) => name.endsWith('.txt'));
const pages = (path: string) => lines(path).map((line) => (JSON.parse(line) as { text: string }).text);

const english = [
  () => lines('wordnet-sentences/sentences.txt'),
  () => novels().flatMap((name) => paragraphs(read(`gutenberg-25/${name}`))),
  () => pages('react-docs-en-ko/en.jsonl').flatMap(paragraphs),
];
const korean = [
  () => lines('nsmc-raw-third/reviews.tsv').map((line) => line.split('\t')[4] ?? ''),
  () => lines('songys-chatbot/ChatbotData.csv').flatMap((line) => line.split(',').slice(0, 2)),
  () => pages('react-docs-en-ko/ko.jsonl').flatMap(paragraphs),
];

function partsOf(text: string): Set<string> {
  const { latin, others } = splitScripts(text);
  return new Set([...splitWords(latin).filter((word) => /[\p{L}\p{N}]/u.test(word)), ...others]);
}

function hashesOf(part: string): number[] {
  const hashes: number[] = [];
  visitFeatures(part, builtInParameters.features, (text, start, end) => hashes.push(hashFeature(text, 0, start, end)));
  return hashes;
}

/** Share of a source's texts that hold each feature, by hash. */
function ratesOf(texts: readonly string[], syllables: boolean): Map<number, number> {
  const known = new Map<string, number[]>();
  const counts = new Map<number, number>();
  for (const text of texts) {
    const features = new Set<number>();
    for (const part of partsOf(text)) {
      if (isSyllableRun(part) !== syllables) continue;
      const hashes = known.get(part) ?? hashesOf(part);
      known.set(part, hashes);
      for (const hash of hashes) features.add(hash);
    }
    for (const hash of features) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return new Map([...counts].map(([hash, count]) => [hash, count / texts.length]));
}

/** Geometric mean of the rates: a feature must be common everywhere to count as common. */
function dampingOf(sources: (() => string[])[], syllables: boolean): [number, number][] {
  const rates = sources.map((source) => ratesOf(source(), syllables));
  const features = new Set(rates.flatMap((rate) => [...rate.keys()]));
  const damping: [number, number][] = [];
  for (const feature of features) {
    const logs = rates.map((rate) => Math.log(Math.max(rate.get(feature) ?? 0, unseen)));
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    if (mean > Math.log(floor)) damping.push([feature, mean / Math.log(floor)]);
  }
  return damping;
}

const damping = new Map([...dampingOf(english, false), ...dampingOf(korean, true)]);
const target = new URL('../models/feature-damping.bin', import.meta.url);
writeFileSync(target, writeFeatureDamping(damping));
process.stdout.write(`${damping.size} features\n`);
