import { format } from 'node:util';

interface Program {
  /** What the examples may import, by package name. */
  modules: Record<string, object>;
  /** process.env of the examples. */
  env: Record<string, string>;
}

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;

/** Runs the ```ts blocks of a page as one program. Returns what they print, line by line; rejects with what they throw. */
export async function runExamples(markdown: string, { modules, env }: Program): Promise<string[]> {
  const blocks = [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);
  if (blocks.length === 0) throw new Error('the page has no ```ts block');
  const source = blocks
    .join('\n')
    .replace(/^import \{([^}]+)\} from '([^']+)';$/gm, (_, names: string, from: string) => {
      if (!modules[from]) throw new Error(`the examples import ${from}, which they are not given`);
      return `const {${names.replaceAll(' as ', ': ')}} = modules['${from}'];`;
    });
  const printed: string[] = [];
  const console = { log: (...values: unknown[]) => void printed.push(format(...values)) };
  await new AsyncFunction('modules', 'process', 'console', source)(modules, { env }, console);
  return printed;
}
