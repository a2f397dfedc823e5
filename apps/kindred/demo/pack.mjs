#!/usr/bin/env node
/**
 * Packs the demo. Reproducible: the same input gives the same bytes (with the same zlib of Node 24).
 *
 *   node apps/kindred/demo/pack.mjs <folder with chorus-icecat/ and ml-latest-small/>
 *
 * Writes beside itself:
 *   products.jsonl.br  one item event of items.v1 per line, as any producer would publish it
 *   movies.jsonl.br    the same
 *   ratings.csv.br     user,movie,rating,seconds since 1970, in the order of the source
 *
 * Products: prices are whole cents in the source, units here; the four pictures become one; attribute names
 * lose their type prefix ("attr_t_product_colour" becomes "product_colour") and where two types share a name, the
 * rarer one is dropped to keep one type per attribute. Movies: "Toy Story (1995)" becomes a title and a year, "Matrix, The"
 * becomes "The Matrix", and the tags that people gave become one sorted, lower-cased array.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { parse } from 'csv-parse/sync';

const input = process.argv[2];
if (input === undefined) {
  console.error('usage: node apps/kindred/demo/pack.mjs <folder with chorus-icecat/ and ml-latest-small/>');
  process.exit(2);
}
const read = (...path) => readFileSync(join(input, ...path), 'utf8');
const prefix = /^attr_([tnb])_(.+)$/;
const attributeName = (raw) => raw.replace(/_+/g, '_').replace(/^_|_$/g, '');

/** Attribute name to its commonest type prefix: "t", "n" or "b". */
function commonestTypes(products) {
  const counts = new Map();
  for (const product of products) {
    for (const key of Object.keys(product)) {
      const [, type, raw] = prefix.exec(key) ?? [];
      if (type === undefined) continue;
      const types = counts.get(attributeName(raw)) ?? {};
      types[type] = (types[type] ?? 0) + 1;
      counts.set(attributeName(raw), types);
    }
  }
  const commonest = (types) => Object.entries(types).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0][0];
  return new Map([...counts].map(([name, types]) => [name, commonest(types)]));
}

function productEvent(product, types) {
  const attributes = {
    name: product.name,
    supplier: product.supplier,
    ean: product.ean,
    released: product.date_released,
  };
  for (const [key, value] of Object.entries(product)) {
    const [, type, raw] = prefix.exec(key) ?? [];
    if (type !== undefined && types.get(attributeName(raw)) === type) attributes[attributeName(raw)] = value;
  }
  return {
    kind: 'upserted',
    collection: 'products',
    item_id: product.id,
    revision: 1,
    title: product.title,
    body: product.short_description ?? '',
    image_url: product.img_500x500,
    price: product.price / 100,
    attributes,
  };
}

function movieEvent(row, tags) {
  const [, name, year] = /^(.*?)\s*\((\d{4})(?:[-–]\d{0,4})?\)\s*$/.exec(row.title) ?? [undefined, row.title.trim()];
  const title = name.replace(/^([^(]*), (The|A|An)(?= \(|$)/, '$2 $1');
  const genres = row.genres === '(no genres listed)' ? [] : row.genres.split('|');
  const attributes = { genres, ...(year && { year: Number(year) }), ...(tags && { tags: [...tags].sort() }) };
  return {
    kind: 'upserted',
    collection: 'movies',
    item_id: row.movieId,
    revision: 1,
    title,
    categories: genres,
    attributes,
  };
}

function tagsByMovie() {
  const tags = new Map();
  for (const { movieId, tag } of parse(read('ml-latest-small', 'tags.csv'), { columns: true })) {
    tags.set(movieId, (tags.get(movieId) ?? new Set()).add(tag.toLowerCase().trim()));
  }
  return tags;
}

function write(name, lines) {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT } =
    constants;
  const params = {
    [BROTLI_PARAM_QUALITY]: 11,
    [BROTLI_PARAM_LGWIN]: 24,
    [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT,
    [BROTLI_PARAM_SIZE_HINT]: text.length,
  };
  const packed = brotliCompressSync(text, { params });
  writeFileSync(join(import.meta.dirname, name), packed);
  console.log(`${name}: ${lines.length} lines, ${text.length} bytes -> ${packed.length} bytes`);
}

const products = read('chorus-icecat', 'products.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const types = commonestTypes(products);
write(
  'products.jsonl.br',
  products.map((product) => JSON.stringify(productEvent(product, types))),
);

const tags = tagsByMovie();
const movies = parse(read('ml-latest-small', 'movies.csv'), { columns: true });
write(
  'movies.jsonl.br',
  movies.map((row) => JSON.stringify(movieEvent(row, tags.get(row.movieId)))),
);

const ratings = parse(read('ml-latest-small', 'ratings.csv'), { columns: true });
write(
  'ratings.csv.br',
  ratings.map((row) => `${row.userId},${row.movieId},${Number(row.rating)},${row.timestamp}`),
);
