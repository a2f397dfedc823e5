import { Worker } from 'node:worker_threads';

const fromSource = import.meta.url.endsWith('.ts');
// Of the source tree Node must know what a build would have resolved.
const execArgv = fromSource
  ? ['--conditions=@kindred/source', '--experimental-transform-types', '--disable-warning=ExperimentalWarning']
  : [];

/** A thread that runs the module, whose address has no ending: .ts in the source tree, .js in what was built of it. */
export const trainingThread = (module: URL, workerData: unknown): Worker =>
  new Worker(new URL(`${module}.${fromSource ? 'ts' : 'js'}`), { workerData, execArgv });
