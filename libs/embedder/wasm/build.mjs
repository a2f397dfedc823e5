import { fileURLToPath } from 'node:url';
import { compileWasm } from '../../../infra/wasm/compile.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
compileWasm({
  source: here('skip-gram.ts'),
  target: here('../src/words/skip-gram-wasm.ts'),
  name: 'skipGramWasm',
  about: 'The compiled inner loop of skip-gram training, base64.',
  flags: [
    '--sharedMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
    '--enable',
    'threads',
    '--enable',
    'bulk-memory',
  ],
});
