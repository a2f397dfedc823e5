import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../bootstrap.ts';
import { itemsByUser, transposed } from '../interaction-matrix.ts';
import { Ease } from './ease.ts';
import { type FactorModel, foldIn } from './fold-in.ts';
import { ImplicitAls, startFactors } from './implicit-als.ts';
import { ridgeFactors, ridgeWeights } from './ridge.ts';
import { RowSolver } from './row-solver.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Two tastes: even people choose even items, odd people odd ones. */
function twoTastes(users = 30, items = 20) {
  const random = seededRandom(7);
  const pairs: [number, number][] = [];
  for (let user = 0; user < users; user++) {
    for (let item = user % 2; item < items; item += 2) if (random() < 0.7) pairs.push([user, item]);
  }
  return {
    users: Uint32Array.from(pairs, ([user]) => user),
    items: Uint32Array.from(pairs, ([, item]) => item),
    userCount: users,
    itemCount: items,
  };
}

const settings = { dimensions: 4, unobserved: 0.2, regularization: 0.05, exponent: 0.5, seed: 3 };

function trained(epochs: number, given = settings) {
  const pairs = twoTastes();
  const byUser = itemsByUser(pairs, 1_000);
  const state = {
    byUser,
    byItem: transposed(byUser, pairs.itemCount),
    userFactors: startFactors(pairs.userCount, given),
    itemFactors: startFactors(pairs.itemCount, given),
  };
  const als = new ImplicitAls(state, given);
  const losses: number[] = [];
  let spectrum: Float64Array = new Float64Array();
  for (let epoch = 0; epoch <= epochs; epoch++) {
    const items = ImplicitAls.axes(als.gramian('items'), given.dimensions);
    als.turn('items', items);
    als.solve('users', items);
    spectrum = items.spectrum;
    if (epoch === epochs) break;
    const penalty = als.penalty('users');
    const users = ImplicitAls.axes(als.gramian('users'), given.dimensions);
    als.turn('users', users);
    losses.push(als.solve('items', users) + penalty);
  }
  const model: FactorModel = { ...given, itemCount: pairs.itemCount, spectrum };
  return { ...state, losses, model, pairs };
}

const factorsOf = (all: Float32Array, row: number) => all.slice(row * 4, row * 4 + 4);

function expectClose(found: Float32Array, wanted: Float32Array): void {
  for (let at = 0; at < wanted.length; at++) expect(found[at]).toBeCloseTo(wanted[at]!, 4);
}

describe('ImplicitAls', () => {
  it('lowers its loss with every epoch', () => {
    const { losses } = trained(8);
    for (let epoch = 1; epoch < losses.length; epoch++)
      expect(losses[epoch]!).toBeLessThanOrEqual(losses[epoch - 1]! + 1e-4);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! * 0.95);
  });

  it('finds the taste that people share, and gives the same factors for the same seed', () => {
    const { userFactors, itemFactors } = trained(8);
    const score = (user: number, item: number) =>
      factorsOf(userFactors, user).reduce((sum, value, k) => sum + value * factorsOf(itemFactors, item)[k]!, 0);
    expect(score(0, 2)).toBeGreaterThan(score(0, 3) + 0.2);
    expect(score(1, 3)).toBeGreaterThan(score(1, 2) + 0.2);
    expect(trained(8).itemFactors).toEqual(itemFactors);
  });

  it('is shared by ranges of rows without a difference', () => {
    const { userFactors, itemFactors, byUser, byItem } = trained(2);
    const whole = userFactors.slice();
    const parts = new ImplicitAls({ byUser, byItem, userFactors, itemFactors }, settings);
    const axes = ImplicitAls.axes(parts.gramian('items'), 4);
    userFactors.fill(0);
    parts.solve('users', axes, 0, 11);
    parts.solve('users', axes, 11, 30);
    expectClose(userFactors, whole);
  });
});

describe('RowSolver', () => {
  it('gives the same in the space of entries as in that of dimensions', () => {
    const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 });
    const weights = fc.array(fc.constantFrom(-0.5, 0.2, 1, 3), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(values, weights, (numbers, each) => {
        const factors = Float32Array.from(numbers);
        const diagonal = Float64Array.of(1, 0.6, 0.4, 0.2);
        const rows = {
          offsets: Uint32Array.of(0, 3),
          columns: Uint32Array.of(0, 1, 2),
          weights: Float32Array.from(each),
        };
        const few = new Float32Array(4);
        new RowSolver(4).solve(rows, 0, { factors, diagonal }, few, 0);
        // Entries that weigh next to nothing only make it take the other way.
        const padded = {
          offsets: Uint32Array.of(0, 5),
          columns: Uint32Array.of(0, 1, 2, 0, 1),
          weights: Float32Array.of(...each, 1e-12, 1e-12),
        };
        const many = new Float32Array(4);
        new RowSolver(4).solve(padded, 0, { factors, diagonal }, many, 0);
        expectClose(many, few);
      }),
    );
  });
});

describe('foldIn', () => {
  const { itemFactors, userFactors, model, byUser } = trained(8);
  const event = (item: number, strength = 1, occurredAt = item) => ({
    itemId: `i${item}`,
    occurredAt,
    strength,
    factors: factorsOf(itemFactors, item),
  });

  it("is what the training comes near where all the user's events are folded in", () => {
    const items = [...byUser.columns.slice(byUser.offsets[4], byUser.offsets[5])];
    const folded = foldIn(
      model,
      items.map((item) => event(item)),
    )!;
    const near = factorsOf(userFactors, 4);
    for (const [k, value] of folded.entries()) expect(near[k]).toBeCloseTo(value, 2);
  });

  it('gives the same vector, bit by bit, for any order and any duplication of events', () => {
    const known = fc.tuple(fc.nat(19), fc.constantFrom(-0.5, 0.2, 1), fc.nat(5));
    const shuffled = fc
      .array(known, { minLength: 1, maxLength: 12 })
      .chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(events, { minLength: events.length }),
          fc.subarray(events),
          fc.constantFrom(2, Number.POSITIVE_INFINITY),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([events, other, again, halfLife]) => {
        const fold = (list: typeof events) =>
          foldIn(
            model,
            list.map((each) => event(...each)),
            { halfLife },
          );
        expect(fold([...other, ...again])).toEqual(fold(events));
      }),
    );
  });

  it('lets a word against an item beat those for it, and is undefined where nothing speaks for any', () => {
    expect(foldIn(model, [])).toBeUndefined();
    expect(foldIn(model, [event(2), event(2, -0.5)])).toBeUndefined();
  });

  it('follows the newest items under a short half-life', () => {
    const events = [event(2, 1, 1), event(4, 1, 2), event(3, 1, 8), event(5, 1, 9)];
    const score = (item: number, halfLife: number) =>
      foldIn(model, events, { halfLife })!.reduce((sum, value, k) => sum + value * factorsOf(itemFactors, item)[k]!, 0);
    expect(score(7, 0.5) - score(6, 0.5)).toBeGreaterThan(score(7, Infinity) - score(6, Infinity));
  });

  it('refuses factors that are not finite or of other dimensions', () => {
    expect(() => foldIn(model, [{ ...event(1), factors: new Float32Array(3) }])).toThrow('3 dimensions');
    expect(() => foldIn(model, [{ ...event(1), factors: Float32Array.of(1, NaN, 0, 0) }])).toThrow(RangeError);
    expect(() => foldIn(model, [event(1)], { halfLife: 0 })).toThrow('halfLife');
  });
});

describe('symmetricEigen', () => {
  it('finds values and vectors that give the matrix back', () => {
    const matrix = Float64Array.of(4, 1, 0.5, 1, 3, -0.2, 0.5, -0.2, 1);
    const { values, vectors } = symmetricEigen(matrix, 3);
    expect([...values]).toEqual([...values].sort((left, right) => right - left));
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) {
        const sum = values.reduce((all, value, k) => all + vectors[row * 3 + k]! * value * vectors[column * 3 + k]!, 0);
        expect(sum).toBeCloseTo(matrix[row * 3 + column]!, 10);
      }
    }
  });
});

describe('Ease', () => {
  it('scores alike from the side of the users and from that of the items', () => {
    const pairs = twoTastes(20, 20);
    const byUser = itemsByUser(pairs, 1_000);
    // One more item, that nobody chose, makes the users the smaller side.
    const [byUsers, byItems] = [new Ease(byUser, 21, 5), new Ease(byUser, 20, 5)];
    const chosen = [0, 4, 8];
    const [left, right] = [new Float64Array(21), new Float64Array(20)];
    byUsers.scores(chosen, left);
    byItems.scores(chosen, right);
    for (let item = 0; item < 20; item++) {
      if (!chosen.includes(item)) expect(left[item]).toBeCloseTo(right[item]!, 4);
    }
    expect(left[2]! + left[6]!).toBeGreaterThan(left[3]! + left[5]!);
    expect(left[20]).toBe(0);
  });

  it('refuses what is too large to invert, with both sizes', () => {
    const byUser = { offsets: new Uint32Array(5_001), columns: new Uint32Array() };
    expect(() => new Ease(byUser, 6_000, 1)).toThrow('5000 users and 6000 items');
  });
});

describe('ridgeWeights', () => {
  it('gives an item that nobody met the factors of those like it', () => {
    const features = { offsets: Uint32Array.of(0, 1, 2, 3), columns: Uint32Array.of(0, 0, 1) };
    const weights = ridgeWeights(features, 2, Float32Array.of(1, 0, 1, 0, 0, 2), { regularization: 0.001 });
    const out = new Float32Array(2);
    ridgeFactors(weights, [0], out);
    expect(out[0]).toBeCloseTo(1, 2);
    ridgeFactors(weights, [1], out);
    expect(out[1]).toBeCloseTo(2, 2);
  });
});
