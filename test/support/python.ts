import { execFileSync, spawnSync } from 'node:child_process';

/** The Python of KINDRED_TEST_PYTHON, where it has the package; else undefined, with a message. */
export function pythonWith(name: 'gensim' | 'implicit'): string | undefined {
  const python = process.env.KINDRED_TEST_PYTHON;
  if (!python) {
    console.info(`skipped: KINDRED_TEST_PYTHON names no Python with ${name}`);
    return undefined;
  }
  if (spawnSync(python, ['-c', `import ${name}`]).status === 0) return python;
  console.info(`skipped: ${python} cannot import ${name}; install it with "pip install ${name}"`);
  return undefined;
}

/** Runs a script with arguments and gives what it prints. One BLAS thread, and no BLAS kernel chosen by the environment. */
export function runPython(python: string, script: string, args: readonly string[]): string {
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...env } = process.env;
  return execFileSync(python, ['-c', script, ...args], {
    encoding: 'utf8',
    env: { ...env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    maxBuffer: 64 * 1024 * 1024,
  });
}
