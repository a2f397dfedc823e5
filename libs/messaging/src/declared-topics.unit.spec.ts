import { type TopicName, topics } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { checkSubscriptions, requireDeclared } from './declared-topics.ts';

const handler = (group: string, topic: TopicName) => ({ group, topic, handle: async () => [] });
const [items, users] = [topics.items.name, topics.users.name];

describe('checkSubscriptions', () => {
  it('takes one handler per topic and group', () => {
    checkSubscriptions([items, users], [handler('a', items), handler('a', users), handler('b', items)]);
  });

  it('names every topic without a handler and every handler without a topic', () => {
    const check = () => checkSubscriptions([items, users], [handler('a', items), handler('a', 'interactions.v1')]);
    expect(check).toThrow(
      'topic users.v1 has no handler; the handler of group a is for interactions.v1, which is not consumed',
    );
  });

  it('refuses two handlers of one group for one topic', () => {
    expect(() => checkSubscriptions([items], [handler('a', items), handler('a', items)])).toThrow(
      'two handlers for topic items.v1',
    );
  });
});

describe('requireDeclared', () => {
  it('names the undeclared topic and those that are declared', () => {
    requireDeclared(items);
    expect(() => requireDeclared('item.v1')).toThrow(/"item.v1" is not declared.*items\.v1/);
  });
});
