import { Log } from '@kindred/runtime';
import { describe, expect, it } from 'vitest';
import { LaterWrites } from './later-writes.ts';

const refusedByReplica = Object.assign(new Error('cannot execute INSERT in a read-only transaction'), {
  code: '25006',
});

describe('writes beside the answers', () => {
  const opened = () =>
    new LaterWrites(Log.silent(), { afterMs: 1, ended: 'nothing is kept', failed: 'it was not kept' });

  it('are done one after the other, the last of them before the end', async () => {
    const writes = opened();
    const done: number[] = [];
    for (const at of [1, 2, 3]) {
      writes.begin(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        done.push(at);
      });
    }
    await writes.done();
    expect(done).toEqual([1, 2, 3]);
  });

  it('come once, however often they were put off', async () => {
    const writes = opened();
    let flushes = 0;
    await new Promise<void>((resolve) => {
      for (let at = 0; at < 3; at++) {
        writes.schedule(() => {
          flushes++;
          resolve();
        });
      }
    });
    expect(flushes).toBe(1);
  });

  it('go on behind one that failed, and are over where a replica refused one', async () => {
    const writes = opened();
    writes.begin(() => Promise.reject(new Error('the server left')));
    await writes.done();
    expect(writes.areOver).toBe(false);
    writes.begin(() => Promise.reject(refusedByReplica));
    await writes.done();
    expect(writes.areOver).toBe(true);
  });
});
