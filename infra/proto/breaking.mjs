// Fails when the protos break clients of the last release: of the newest tag vX.Y.Z that HEAD contains.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = 'libs/contracts';
const git = (...args) => execFileSync('git', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });

const release = git('tag', '--list', 'v*', '--merged', 'HEAD', '--sort=-v:refname')
  .split('\n')
  .find((tag) => /^v\d+\.\d+\.\d+$/.test(tag));

if (release === undefined) {
  const shallow = git('rev-parse', '--is-shallow-repository').trim() === 'true';
  const why = shallow ? 'this clone is shallow and holds no release tag' : 'there is no release tag yet';
  console.log(`protos: not compared with a release: ${why}`);
} else {
  process.exitCode = compare(release);
}

function compare(tag) {
  const before = mkdtempSync(join(tmpdir(), 'kindred-protos-'));
  try {
    unpack(tag, before);
    const { status, error } = spawnSync('buf', ['breaking', folder, '--against', before], { stdio: 'inherit' });
    if (error) throw error;
    console.log(`protos: ${status === 0 ? 'nothing breaks' : 'the above breaks'} clients of ${tag}`);
    return status ?? 1;
  } finally {
    rmSync(before, { recursive: true, force: true });
  }
}

function unpack(tag, into) {
  const archive = join(into, 'contracts.tar');
  writeFileSync(archive, execFileSync('git', ['archive', `${tag}:${folder}`], { maxBuffer: 2 ** 28 }));
  execFileSync('tar', ['-xf', archive, '-C', into]);
  rmSync(archive);
}
