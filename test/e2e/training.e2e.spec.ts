import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedded } from '../support/embedded.ts';
import { until } from '../support/kindred-process.ts';

interface Run {
  run: string | number;
  state: string;
  epoch: number;
  reason: string;
  active: boolean;
}

/** People of two tastes: even ones buy even items. Every line is a purchase. */
function purchases(): string {
  const lines = ['회원번호,상품번호,일시'];
  for (let person = 0; person < 80; person++) {
    for (let item = person % 2; item < 30; item += 2) {
      if ((person * 7 + item * 3) % 5 > 1)
        lines.push(`회원${person},S-${item},2026-07-${String(1 + (item % 28)).padStart(2, '0')}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

describe('kindred train', () => {
  let kindred: Embedded;

  beforeAll(async () => {
    kindred = await Embedded.start();
    const items = join(kindred.folder, 'items.csv');
    const rows = Array.from({ length: 30 }, (_, at) => `S-${at},상품 ${at}`);
    writeFileSync(items, `상품번호,상품명\n${rows.join('\n')}\n`);
    expect((await kindred.run('import', items, '-c', 'shop', '--wait')).code).toBe(0);
    const events = join(kindred.folder, 'events.csv');
    writeFileSync(events, purchases());
    const kind = ['--kind', 'interactions', '--type', 'purchase', '--wait'];
    expect((await kindred.run('import', events, '-c', 'shop', ...kind)).code).toBe(0);
  });

  afterAll(() => kindred?.stop());

  const runs = async (): Promise<Run[]> =>
    JSON.parse((await kindred.run('trainings', '-c', 'shop', '--json')).stdout).runs;

  it('says what it takes, trains, takes over, and lists the run with the dataset it recorded', async () => {
    const { code, stdout, stderr } = await kindred.run('train', '-c', 'shop', '--dimensions', '8', '--epochs', '4');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /learns from \d+ pairs of 80 people and 30 items; \d+ pairs held out to measure by; takes \d+ MB/,
    );
    expect(stdout).toMatch(/run 1 of shop is active/);
    const listed = await kindred.run('trainings');
    expect(listed.stdout).toMatch(/1 +shop +active +4\/4 +[01]\.\d{4}/);
    expect(listed.stdout).toMatch(/shop-train-\d{8}-[0-9a-f]{6}/);
  });

  it('survives kill -9: the active model stays, the run is marked failed, and can be resumed', async () => {
    const long = kindred.run('train', '-c', 'shop', '--dimensions', '32', '--epochs', '200');
    const isUnderway = ({ run, epoch }: Run) => String(run) === '2' && epoch >= 3;
    await until('an epoch is kept', async () => (await runs()).some(isUnderway), 120_000);
    await kindred.process.kill();
    expect((await long).code).toBe(1);
    await kindred.process.start();
    expect((await kindred.run('train', '-c', 'shop')).stderr).toMatch(/is being trained|TRAINING_RUNNING/);
    await until('its lease ended', async () => (await runs())[0]!.state === 'failed', 120_000, 2_000);
    const [failed, first] = await runs();
    expect(failed).toMatchObject({ reason: 'the process that trained it ended; resume it', active: false });
    expect(failed!.epoch).toBeGreaterThanOrEqual(3);
    expect(first).toMatchObject({ state: 'activated', active: true });
    const resumed = await kindred.run('train', '-c', 'shop', '--resume', String(failed!.run));
    expect(resumed.stderr).toBe('');
    expect((await runs())[0]).toMatchObject({ run: failed!.run, epoch: 200 });
  });
});
