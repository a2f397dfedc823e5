import { dirname } from 'node:path';

const inputs = ['sources', '^sources'];
const run = (command, cwd) => ({
  executor: 'nx:run-commands',
  options: { command, cwd },
  cache: true,
  inputs,
  outputs: [],
});

const protoTarget = (root) => {
  const target = run(`buf lint ${root} && node infra/proto/breaking.mjs`, '.');
  const script = '{workspaceRoot}/infra/proto/breaking.mjs';
  return { ...target, inputs: [...inputs, script, { runtime: 'git tag --list v* --merged HEAD' }] };
};

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
      if (root === 'libs/contracts') targets.proto = protoTarget(root);
      return [file, { projects: { [root]: { root, targets } } }];
    }),
];
