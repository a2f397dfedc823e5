import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const models = new URL('../../models/', import.meta.url);
const provenance = JSON.parse(readFileSync(new URL('static-256-int8.json', models), 'utf8'));
const file = readFileSync(new URL(provenance.file, models));

describe('provenance of the static table', () => {
  it('is that of the file beside it', () => {
    expect(createHash('sha256').update(file).digest('hex')).toBe(provenance.sha256);
    expect(readdirSync(models).filter((name) => /256-int8\.bin$/.test(name))).toEqual([provenance.file]);
  });

  it('fits into 10 MB', () => {
    expect(file.byteLength).toBeLessThanOrEqual(10_000_000);
  });

  it('names the license and the hash of the teacher and of each source', () => {
    expect(provenance.corpora.length).toBeGreaterThan(0);
    for (const { license, sha256 } of [provenance.teacher, ...provenance.corpora]) {
      expect(license).toMatch(/^(CC BY 4\.0|Apache-2\.0|public domain)/);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('says better scores than those of the table before', () => {
    for (const [measure, score] of Object.entries(provenance.former.scores)) {
      expect(provenance.scores[measure]).toBeGreaterThan(score as number);
    }
  });
});
