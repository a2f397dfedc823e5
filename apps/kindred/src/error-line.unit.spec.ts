import { KindredClientError } from '@kindred/client';
import { describe, expect, it } from 'vitest';
import { errorMessage } from './error-line.ts';

type Code = ConstructorParameters<typeof KindredClientError>[0];
const lineOf = (code: Code, message: string, field = '') =>
  errorMessage(new KindredClientError(code, message, { field }), 'here:1');

describe('errorMessage', () => {
  it('names the command that shows what there is', () => {
    for (const what of ['collection', 'model', 'dataset', 'experiment']) {
      const line = lineOf(`${what.toUpperCase()}_NOT_FOUND` as Code, 'There is none', 'name');
      expect(line).toBe(`There is none (kindred ${what}s list shows what there is)`);
    }
  });

  it('names the command that shows trainings, where one runs and where there is none', () => {
    for (const code of ['TRAINING_RUNNING', 'TRAINING_RUN_NOT_FOUND'] as const) {
      expect(lineOf(code, '"movies" is being trained', 'collection')).toBe(
        '"movies" is being trained (kindred trainings shows them)',
      );
    }
  });

  it('names the field once', () => {
    expect(lineOf('FIELD_INVALID', 'limit is 0', 'limit')).toBe('limit is 0');
    expect(lineOf('FIELD_INVALID', 'There is none', 'scenario')).toBe('scenario: There is none');
  });
});
