import { topics } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { delivered, RecordedMessaging } from '../../../../test/support/recorded-messaging.ts';
import { CollectionService } from '../collections/collection.service.ts';
import { UserService } from '../users/user.service.ts';
import { InteractionService } from './interaction.service.ts';

const tenant = 'default';

for (const { name, open } of testDatabases()) {
  describe(`storing interactions and users on ${name}`, () => {
    let database: Database;
    const messaging = new RecordedMessaging();
    let interactions: InteractionService;
    let users: UserService;
    let leftOut = 0;

    beforeAll(async () => {
      database = await open();
      const directory = new CollectionDirectory(database);
      const count = (events: number) => {
        leftOut += events;
      };
      interactions = new InteractionService(database, messaging, directory, count);
      users = new UserService(database, messaging, count);
      const declaration = {
        name: 'shop',
        attributes: [],
        unknownAttributes: 0,
        model: '',
        imageModel: '',
        soundModel: '',
        expansionModel: '',
        items: 0n,
      };
      await new CollectionService(database, directory).put(tenant, declaration);
    });

    const record = (values: object[]) => interactions.store(delivered(topics.interactions.name, values));
    const tell = (values: object[], offset = 0) => users.store(delivered(topics.users.name, values, offset));
    const click = (eventId: string, fields: object) => ({
      event_id: eventId,
      occurred_at: '2026-01-01T00:00:00Z',
      type: 'click',
      collection: 'shop',
      item_id: '1',
      ...fields,
    });
    const count = async (where: string) => {
      const [row] = await database.query<{ n: number }>(
        { tenant },
        `select count(*)::int as n from kindred.interactions where ${where}`,
      );
      return row!.n;
    };

    it('counts an event once, however often it arrives, also within one batch', async () => {
      await record([click('e1', { user_id: 'u' }), click('e1', { user_id: 'u' }), click('e2', { user_id: 'u' })]);
      await record([click('e1', { user_id: 'u' })]);
      expect(await count(`user_id = 'u'`)).toBe(2);
    });

    it('announces each user and session of a batch once', async () => {
      messaging.published.length = 0;
      await record([click('a1', { user_id: '김' }), click('a2', { user_id: '김' }), click('a3', { session_id: 's' })]);
      const changes = messaging.published.map((message) => JSON.parse(String(message.value)));
      expect(changes).toEqual([
        { kind: 'interacted', user_id: '김' },
        { kind: 'interacted', session_id: 's' },
      ]);
    });

    it('rejects an event for an unknown collection and stores its neighbor', async () => {
      const outcomes = await record([
        click('n1', { user_id: 'n', collection: 'nowhere' }),
        click('n2', { user_id: 'n' }),
      ]);
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(['rejected', 'done']);
      expect(await count(`user_id = 'n'`)).toBe(1);
    });

    it('rejects a rating out of range by its field and stores its neighbor', async () => {
      const outcomes = await record([
        click('r1', { user_id: 'rater', type: 'rating', value: 11 }),
        click('r2', { user_id: 'rater', type: 'rating', value: 4.5 }),
      ]);
      expect(outcomes[0]).toMatchObject({ kind: 'rejected', error: { code: 'FIELD_INVALID', field: 'value' } });
      expect(await count(`user_id = 'rater'`)).toBe(1);
    });

    it('erases a user with sessions and interactions, and stores nothing of that user afterwards', async () => {
      await tell([
        { kind: 'upserted', user_id: 'gone', revision: 1, attributes: { region: '서울' } },
        { kind: 'identified', user_id: 'gone', session_id: 'her-session' },
      ]);
      await record([click('g1', { user_id: 'gone' }), click('g2', { session_id: 'her-session' })]);
      await database.query(
        { tenant },
        `insert into kindred.recommended (tenant_id, collection_id, request_id, call, scenario, first_position, unit, members, item_ids)
         select kindred.tenant(), 1, u.unit, 'recommend', 'home', 0, u.unit, u.members, '{}' from (values ('ugone', null),
           ('sher-session', null), ('h["gone","stays"]', array['gone', 'stays']), ('ustays', null)) as u(unit, members)`,
      );
      await tell([{ kind: 'deleted', user_id: 'gone', revision: 2 }]);
      expect(await database.query({ tenant }, 'select unit from kindred.recommended')).toEqual([{ unit: 'ustays' }]);
      expect(leftOut).toBe(0);
      await record([click('g3', { user_id: 'gone' }), click('g4', { user_id: 'stays' })]);
      await tell([{ kind: 'identified', user_id: 'gone', session_id: 'another' }]);
      expect(leftOut).toBe(2);
      expect(await count(`user_id = 'gone' or session_id = 'her-session'`)).toBe(0);
      expect(await count(`user_id = 'stays'`)).toBe(1);
      const sessions = `select from kindred.sessions where user_id = 'gone'`;
      expect(await database.query({ tenant }, sessions)).toEqual([]);
      const [row] = await database.query(
        { tenant },
        `select deleted, attributes from kindred.users where user_id = 'gone'`,
      );
      expect(row).toEqual({ deleted: true, attributes: {} });
    });

    it('keeps the order of a user’s own events within a batch', async () => {
      await tell([
        { kind: 'upserted', user_id: 'w', attributes: { step: 1 } },
        { kind: 'upserted', user_id: 'w', attributes: { step: 2 } },
      ]);
      const [row] = await database.query({ tenant }, `select attributes from kindred.users where user_id = 'w'`);
      expect(row).toEqual({ attributes: { step: 2 } });
    });
  });
}
