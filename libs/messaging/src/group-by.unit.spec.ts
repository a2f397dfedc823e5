import { expect, it } from 'vitest';
import { groupBy } from './group-by.ts';

it('groups by identity of the key, in the order of first appearance, and keeps the order inside a group', () => {
  const [red, blue] = [{ name: '빨강' }, { name: '파랑' }];
  const elements = [
    { of: blue, at: 1 },
    { of: red, at: 2 },
    { of: blue, at: 3 },
  ];
  const groups = groupBy(elements.values(), ({ of }) => of);
  expect([...groups].map(([{ name }, group]) => [name, group.map(({ at }) => at)])).toEqual([
    ['파랑', [1, 3]],
    ['빨강', [2]],
  ]);
  expect(groupBy([], (element) => element).size).toBe(0);
});
