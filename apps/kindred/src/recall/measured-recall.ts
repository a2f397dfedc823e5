import type { IndexRecall } from '@kindred/contracts';

const share = (recall: number) => recall.toFixed(3);

/** Below, another breadth is of more interest. */
const good = 0.97;

/** The narrowest search that finds nearly all, else the broadest: "0.981 at 160". */
export function goodRecall(measured: IndexRecall | undefined): string {
  const breadths = measured?.breadths ?? [];
  const one = breadths.find(({ recall }) => recall >= good) ?? breadths.at(-1);
  return one ? `${share(one.recall)} at ${one.efSearch}` : '';
}

/** "40: 0.879, 80: 0.912". */
export const recallCurve = ({ breadths }: Pick<IndexRecall, 'breadths'>): string =>
  breadths.map(({ efSearch, recall }) => `${efSearch}: ${share(recall)}`).join(', ');
