import { defineConfig } from 'vitest/config';

const conditions = ['@kindred/source'];
const resolve = { conditions };
const ssr = { resolve: { conditions } };

/** One project per test tier; the tier is in the file name. */
function tier(name: string, include: string[], options: Record<string, unknown> = {}) {
  return { resolve, ssr, test: { name, include, setupFiles: ['test/support/seeded-properties.ts'], ...options } };
}

const servers = ['test/support/backends.ts'];

export default defineConfig({
  test: {
    projects: [
      tier('unit', ['{apps,libs,test}/**/*.unit.spec.ts'], { maxWorkers: 2, testTimeout: 20_000 }),
      tier('int', ['{apps,libs,test}/**/*.int.spec.ts'], {
        globalSetup: servers,
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
      tier('e2e', ['{apps,test}/**/*.e2e.spec.ts'], {
        globalSetup: servers,
        testTimeout: 300_000,
        hookTimeout: 300_000,
        fileParallelism: false,
      }),
      tier('faults', ['test/faults/**/*.faults.spec.ts'], {
        globalSetup: servers,
        testTimeout: 3_600_000,
        hookTimeout: 300_000,
      }),
      tier('quality', ['test/quality/**/*.quality.spec.ts'], {
        globalSetup: servers,
        maxWorkers: 2,
        testTimeout: 1_800_000,
        hookTimeout: 600_000,
      }),
    ],
  },
});
