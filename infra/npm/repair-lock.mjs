// Adds to package-lock.json the optional packages of other platforms that npm leaves out when its registry
// does not serve them; `npm ci` refuses a lock without them. Run after every change of the lock.
import { readFileSync, writeFileSync } from 'node:fs';

const lockFile = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const platforms = /(linux|darwin|win32|freebsd|openbsd|netbsd|android|openharmony|sunos|aix)/;
const architectures = /(x64|arm64|ia32|arm|riscv64|ppc64|s390x|loong64|loongarch64|wasm32)/;

let added = 0;
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (lock.packages[path] || !exact.test(version)) continue;
    const [os, cpu] = [name.match(platforms)?.[0], name.match(architectures)?.[0]];
    const libc = /-(musl|gnu)$/.exec(name)?.[1];
    lock.packages[path] = {
      version,
      optional: true,
      ...(os && { os: [os] }),
      ...(cpu && { cpu: [cpu] }),
      ...(libc && { libc: [libc === 'gnu' ? 'glibc' : libc] }),
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} entries added`);
