import { join, relative } from 'node:path';
import { defaultAddress } from '../connection.ts';
import { style } from '../output/style.ts';

const shop = () => relative(process.cwd(), join(import.meta.dirname, '..', '..', 'demo', 'shop-ko.csv'));

/** What to type next, commands under one another and what they do beside them. */
export function nextSteps(grpcAddress: string, withDemo: boolean): string {
  const address = grpcAddress === defaultAddress ? '' : ` --address ${grpcAddress}`;
  const demo: [string, string][] = [
    [
      `npx kindred search "wireless mouse under 30" -c products -f 'supplier = Logitech'`,
      'hybrid search with a filter',
    ],
    ['npx kindred recommend --user 42 -c movies', 'for somebody, with the reasons'],
    ['npx kindred similar --item 1 -c movies', 'more like Toy Story'],
  ];
  const always: [string, string][] = [
    [`npx kindred import ${shop()} -c shop`, 'a catalog of your own: CSV, JSON Lines, Parquet'],
    ['npx kindred search "조용한 무선 마우스" -c shop', 'in Korean'],
    ['npx kindred status', 'services, lag, rows, vectors'],
  ];
  const steps = [...(withDemo ? demo : []), ...always].map(([command, what]): [string, string] => [
    `${command}${address}`,
    what,
  ]);
  const width = Math.max(...steps.map(([command]) => cells(command)));
  const lines = steps.map(
    ([command, what]) => `  ${command}${' '.repeat(width - cells(command))}  ${style('dim', what)}`,
  );
  return ['Try in another terminal:', ...lines].join('\n');
}

/** Hangul takes two cells. */
const cells = (text: string) => [...text.normalize('NFC')].reduce((sum, char) => sum + (char >= '\u1100' ? 2 : 1), 0);
