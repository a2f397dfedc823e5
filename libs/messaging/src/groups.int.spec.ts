import { topics } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { deferred } from './deferred.ts';
import type { IncomingMessage, Messaging, Outcome } from './messaging.ts';
import { testDrivers } from './test-drivers.spec.ts';
import {
  done,
  eventually,
  freshLog,
  newGroup,
  numbered,
  outgoing,
  Recorder,
  ready,
  sleep,
} from './test-groups.spec.ts';

const items = topics.items.name;
const partitionsOf = (recorder: Recorder) => [...new Set(recorder.seen.map(({ partition }) => partition))].sort();

/** Publishes until each recorder saw something new, so that a test needs no guess about when a rebalance is over. */
async function publishUntil(messaging: Messaging, holds: () => boolean): Promise<void> {
  await eventually(async () => {
    await messaging.publish(items, numbered(24, 24));
    await sleep(50);
    expect(holds()).toBe(true);
  });
}

describe.each(testDrivers())('a consumer group over $name', (driver) => {
  const log = freshLog(driver);

  it('shares the partitions when a member joins, and hands them back when it leaves', async () => {
    const [a, b] = [await log().member(), await log().member()];
    const group = newGroup();
    const [first, second] = [new Recorder(group), new Recorder(group)];
    await ready(await first.consume(a.messaging));
    await publishUntil(a.messaging, () => partitionsOf(first).length === 6);
    const joined = await second.consume(b.messaging);
    await ready(joined);
    await publishUntil(a.messaging, () => partitionsOf(second).length >= 3);
    await eventually(async () => {
      first.seen.length = 0;
      second.seen.length = 0;
      await a.messaging.publish(items, numbered(48, 24));
      await sleep(200);
      expect(partitionsOf(first)).toHaveLength(3);
      expect(partitionsOf(second)).toHaveLength(3);
    });
    expect(partitionsOf(first).some((partition) => partitionsOf(second).includes(partition))).toBe(false);
    await joined.stop();
    first.seen.length = 0;
    await publishUntil(a.messaging, () => partitionsOf(first).length === 6);
  });

  it('takes over what a dead member had received but not finished', async () => {
    const [dying, heir] = [await log().member(), await log().member()];
    const group = newGroup();
    const [lost, taken] = [new Recorder(group), new Recorder(group)];
    const handle = async (batch: IncomingMessage[]): Promise<Outcome[]> => {
      lost.seen.push(...batch);
      return new Promise(() => undefined);
    };
    await lost.consume(dying.messaging, { handle });
    await heir.messaging.publish(items, [outgoing('a', '1'), outgoing('a', '2'), outgoing('a', '3')]);
    await eventually(() => expect(lost.values).toEqual(['1', '2', '3']));
    expect((await heir.messaging.lag([{ group, topic: items }]))[0]!.lag).toBe(3);
    dying.cut();
    await taken.consume(heir.messaging);
    await taken.sees(['1', '2', '3']);
    await eventually(async () => expect((await heir.messaging.lag([{ group, topic: items }]))[0]!.lag).toBe(0));
  });

  it('does not let a member that was cut off commit over its heir', async () => {
    const [stale, heir] = [await log().member(), await log().member()];
    const group = newGroup();
    const [old, fresh] = [new Recorder(group), new Recorder(group)];
    const { promise: goOn, resolve: release } = deferred<void>();
    let aborted = false;
    await old.consume(stale.messaging, {
      handle: async (batch, { signal }) => {
        // The partition may come back by the rules: only the first, overtaken batch is in question.
        if (old.seen.length > 0) throw new Error('not again');
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        old.seen.push(...batch);
        await goOn;
        return done(batch);
      },
    });
    await heir.messaging.publish(items, [outgoing('a', '1')]);
    await eventually(() => expect(old.values).toEqual(['1']));
    stale.cut();
    const refused = await fresh.consume(heir.messaging, {
      handle: async (batch) => {
        fresh.seen.push(...batch);
        throw new Error('not yet');
      },
    });
    await eventually(() => expect(fresh.values.length).toBeGreaterThan(0));
    stale.restore();
    await eventually(() => expect(aborted).toBe(true));
    release();
    await sleep(500);
    expect((await heir.messaging.lag([{ group, topic: items }]))[0]!.lag).toBe(1);
    await refused.stop();
  });

  it('leaves a slow batch to its member while that lives', async () => {
    const [slow, other] = [await log().member(), await log().member()];
    const group = newGroup();
    const [one, two] = [new Recorder(group), new Recorder(group)];
    const handle = async (batch: IncomingMessage[]) => {
      one.seen.push(...batch);
      await sleep(2_500);
      return done(batch);
    };
    const consumer = await one.consume(slow.messaging, { handle });
    await ready(consumer);
    await slow.messaging.publish(items, [outgoing('a', '1'), outgoing('a', '2')]);
    await eventually(() => expect(one.seen.length).toBe(2));
    await two.consume(other.messaging);
    await eventually(async () => expect((await other.messaging.lag([{ group, topic: items }]))[0]!.lag).toBe(0));
    await sleep(300);
    expect([...one.values, ...two.values]).toEqual(['1', '2']);
    expect(consumer.status().ready).toBe(true);
  });

  it('comes back by itself after the connection was lost, and says so meanwhile', async () => {
    const member = await log().member();
    const witness = await log().member();
    const recorder = new Recorder();
    const consumer = await recorder.consume(member.messaging);
    await ready(consumer);
    await member.messaging.publish(items, [outgoing('a', '1')]);
    await recorder.sees(['1']);
    member.cut();
    await eventually(() => expect(consumer.status().ready).toBe(false));
    await expect(member.messaging.publish(items, [outgoing('a', 'lost')])).rejects.toThrow();
    await expect(member.messaging.ping()).rejects.toThrow();
    await witness.messaging.publish(items, [outgoing('a', '2')]);
    member.restore();
    await ready(consumer);
    await member.messaging.publish(items, [outgoing('a', '3')]);
    await recorder.sees(['1', '2', '3']);
  });
});
