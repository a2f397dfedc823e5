import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SparseRows } from '@kindred/ranking';
import { runPython } from '../../support/python.ts';

export interface ImplicitRun {
  /** CPU seconds of an epoch, both sides, mean of all but the first. */
  secondsPerEpoch: number;
  userFactors: Float32Array;
  itemFactors: Float32Array;
}

export interface ImplicitSettings {
  dimensions: number;
  epochs: number;
  regularization: number;
  alpha: number;
  /** Three steps of conjugate gradients instead of an exact solution: the default of the package. */
  approximate: boolean;
}

const script = `
import json, sys, time
import numpy as np
from scipy.sparse import csr_matrix
from implicit.als import AlternatingLeastSquares
folder, given = sys.argv[1], json.loads(sys.argv[2])
offsets = np.fromfile(folder + '/offsets', dtype=np.uint32).astype(np.int32)
columns = np.fromfile(folder + '/columns', dtype=np.uint32).astype(np.int32)
rows = csr_matrix((np.ones(len(columns), dtype=np.float32), columns, offsets), shape=(len(offsets) - 1, given['items']))
model = AlternatingLeastSquares(factors=given['dimensions'], iterations=given['epochs'], regularization=given['regularization'],
    alpha=given['alpha'], use_cg=given['approximate'], use_gpu=False, num_threads=1, random_state=1)
ends = [time.process_time()]
model.fit(rows, show_progress=False, callback=lambda *_: ends.append(time.process_time()))
np.asarray(model.user_factors, dtype=np.float32).tofile(folder + '/users')
np.asarray(model.item_factors, dtype=np.float32).tofile(folder + '/items')
print(json.dumps((ends[-1] - ends[1]) / (len(ends) - 2)))`;

/** Trains implicit's AlternatingLeastSquares (https://github.com/benfred/implicit) on one thread. */
export function runImplicit(python: string, rows: SparseRows, items: number, settings: ImplicitSettings): ImplicitRun {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-bench-training-'));
  try {
    writeFileSync(join(folder, 'offsets'), rows.offsets);
    writeFileSync(join(folder, 'columns'), rows.columns);
    const secondsPerEpoch = Number(runPython(python, script, [folder, JSON.stringify({ ...settings, items })]));
    const factors = (name: string) => new Float32Array(readFileSync(join(folder, name)).buffer.slice(0));
    return { secondsPerEpoch, userFactors: factors('users'), itemFactors: factors('items') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
