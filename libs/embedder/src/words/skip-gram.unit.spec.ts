import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SkipGramParameters, skipGramMemory } from './skip-gram-memory.ts';
import { SkipGramReference } from './skip-gram-reference.fake.spec.ts';
import { skipGramWasm } from './skip-gram-wasm.ts';
import { wasm } from './web-assembly.ts';

const counts = [900, 40, 31, 12, 9, 7, 5];

describe('skip-gram kernel', () => {
  it('does to every byte of its memory what plain TypeScript does', () => {
    const parameters = fc.record<SkipGramParameters>({
      dimensions: fc.integer({ min: 8, max: 70 }),
      window: fc.integer({ min: 1, max: 6 }),
      negatives: fc.integer({ min: 1, max: 7 }),
      epochs: fc.constant(1),
      sample: fc.constantFrom(0, 1e-3, 0.1),
      rate: fc.constantFrom(0.025, 0.5),
      seed: fc.nat(),
      threads: fc.constant(1),
    });
    const tokens = fc.array(fc.integer({ min: -1, max: counts.length - 1 }), { maxLength: 60 });
    fc.assert(
      fc.property(parameters, tokens, (settings, sentence) => {
        const shared = skipGramMemory(counts, settings);
        new Int32Array(shared.memory.buffer, shared.tokens[0]).set(sentence);
        const reference = new SkipGramReference(shared);
        const module = new wasm.Module(Buffer.from(skipGramWasm, 'base64'));
        const instance = new wasm.Instance(module, { env: { memory: shared.memory } });
        const train = instance.exports.train as (...parameters: number[]) => void;
        for (let round = 0; round < 3; round++) {
          train(shared.settings[0]!, shared.tokens[0]!, sentence.length, settings.rate);
          reference.train(sentence, settings.rate);
        }
        const difference = Buffer.compare(Buffer.from(shared.memory.buffer), Buffer.from(reference.bytes));
        expect(difference).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
