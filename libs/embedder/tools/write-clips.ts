// Writes clips 0 to 7 of test/support/clips.ts as WAV, for fixtures/make-encoded-clips.py:
//   node libs/embedder/tools/write-clips.ts <folder>
import { mkdirSync, writeFileSync } from 'node:fs';
import { clip, wav } from '../../../test/support/clips.ts';

const folder = process.argv[2]!;
mkdirSync(folder, { recursive: true });
for (let seed = 0; seed < 8; seed++) writeFileSync(`${folder}/clip-${seed}.wav`, wav(clip(seed)));
