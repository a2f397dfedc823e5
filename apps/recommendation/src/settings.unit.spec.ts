import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { recommendationEnv } from './settings.ts';

const read = (given: object) => {
  const signals = JSON.stringify(given);
  return z.object(recommendationEnv).safeParse({ RECOMMENDATION_SIGNALS: signals });
};

describe('RECOMMENDATION_SIGNALS', () => {
  it('suits five stars, and ten where it is told so', () => {
    expect(read({}).data!.RECOMMENDATION_SIGNALS).toMatchObject({ liked_from: 4, disliked_below: 3 });
    const ten = { liked_from: 8, disliked_below: 6 };
    expect(read(ten).data!.RECOMMENDATION_SIGNALS).toMatchObject({ ...ten, purchase: 1 });
  });

  it.each([
    ['a name that it does not know', { likd_from: 8 }, 'has no "likd_from"; there are .* liked_from'],
    ['a threshold that no rating reaches', { liked_from: 80 }, 'liked_from'],
    ['ratings that would be liked and disliked', { disliked_below: 5 }, 'disliked_below'],
  ])('refuses %s, by its name', (_, given, name) => {
    const issue = read(given).error!.issues[0]!;
    expect(`${issue.path.join('.')} ${issue.message}`).toMatch(new RegExp(`^RECOMMENDATION_SIGNALS.*${name}`));
  });
});
