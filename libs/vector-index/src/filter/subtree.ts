import type { FieldCondition } from '@kindred/contracts';

/** The root of the tree that a beginning of categories names: of "a/b/" it is "a/b". Undefined for any other beginning. */
export const rootOf = (prefix: string): string | undefined => (prefix.endsWith('/') ? prefix.slice(0, -1) : undefined);

/** The category whose tree the condition asks for; undefined for any other condition. */
export const subtreeOf = ({ field, test }: FieldCondition): string | undefined =>
  field === 'categories' && test?.$case === 'prefix' ? rootOf(test.value) : undefined;

/** Whether the category is the root of the tree, or in it. */
export const isUnder = (category: string, root: string): boolean =>
  category === root || category.startsWith(`${root}/`);
