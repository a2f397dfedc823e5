import { dirname } from 'node:path';

const inputs = ['sources', '^sources'];
const run = (command, cwd) => ({
  executor: 'nx:run-commands',
  options: { command, cwd },
  cache: true,
  inputs,
  outputs: [],
});

/** Every package gets the same targets, so a package needs no project.json. */
export const createNodesV2 = [
  '{apps,libs}/*/package.json',
  (files) =>
    files.map((file) => {
      const root = dirname(file);
      const targets = {
        lint: run(`biome check ${root}`, '.'),
        typecheck: run(`tsc -p ${root}/tsconfig.json`, '.'),
        unit: run(`vitest run --project unit ${root}/ --passWithNoTests`, '.'),
      };
      if (root === 'libs/contracts') targets.proto = run('buf lint', root);
      return [file, { projects: { [root]: { root, targets } } }];
    }),
];
