import { fileURLToPath } from 'node:url';
import { compileWasm } from '../../../infra/wasm/compile.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
compileWasm({
  source: here('kernels.ts'),
  target: here('../src/factors/kernels-wasm.ts'),
  name: 'kernelsWasm',
  about: 'The compiled kernels, base64.',
  flags: ['--initialMemory', '1'],
});
