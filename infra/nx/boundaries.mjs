// Fails when a package depends on one it may not: see "who may import whom" in ARCHITECTURE.md.
// Undeclared imports are biome's to find (noUndeclaredDependencies); this checks what is declared.
import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const may = {
  'type:app': ['type:domain', 'type:pure', 'type:platform', 'type:client', 'type:contract'],
  'type:domain': ['type:pure', 'type:platform', 'type:contract'],
  // Functions of numbers: nothing of ours, so anybody may use them.
  'type:pure': [],
  'type:platform': ['type:contract'],
  'type:client': ['type:contract'],
  // Built on the client alone, like any program outside; nothing of ours is built on them.
  'type:adapter': ['type:client', 'type:contract'],
  'type:contract': [],
};
/** The only app that may import apps: it runs them all in one process. */
const allInOne = 'kindred';
const vagueNames = ['common', 'shared', 'core', 'utils', 'helpers'];

const packages = ['apps', 'libs'].flatMap((folder) =>
  readdirSync(new URL(folder, root)).map((name) => {
    const manifest = JSON.parse(readFileSync(new URL(`${folder}/${name}/package.json`, root), 'utf8'));
    return {
      folder,
      shortName: name,
      name: manifest.name,
      tag: manifest.nx?.tags?.[0],
      uses: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }),
    };
  }),
);
const tagOf = new Map(packages.map(({ name, tag }) => [name, tag]));

const problems = [];
for (const { folder, shortName, name, tag, uses } of packages) {
  if (!may[tag]) problems.push(`${name}: nx.tags must name one of ${Object.keys(may).join(', ')}`);
  if (folder === 'libs' && vagueNames.includes(shortName)) problems.push(`${name}: a lib is named after what it does`);
  for (const used of uses.filter((other) => tagOf.has(other))) {
    const appInApp = name === allInOne && tagOf.get(used) === 'type:app';
    if (!appInApp && !may[tag]?.includes(tagOf.get(used))) {
      problems.push(`${name} (${tag}) may not depend on ${used} (${tagOf.get(used)})`);
    }
  }
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`boundaries: ${packages.length} packages, none steps over`);
