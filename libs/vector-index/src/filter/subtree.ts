import type { FieldCondition } from '@kindred/contracts';

/** The category whose tree the condition asks for: of "a/b/" it is "a/b". Undefined for any other condition. */
export const subtreeOf = ({ field, test }: FieldCondition): string | undefined =>
  field === 'categories' && test?.$case === 'prefix' && test.value.endsWith('/') ? test.value.slice(0, -1) : undefined;

/** Whether the category is the root of the tree, or in it. */
export const isUnder = (category: string, root: string): boolean =>
  category === root || category.startsWith(`${root}/`);
