import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { itemChange, userChange } from '../src/events/change-event.ts';
import { interactionEvent } from '../src/events/interaction-event.ts';
import { itemDeleted, itemPatched, itemUpserted } from '../src/events/item-event.ts';
import { userDeleted, userIdentified, userUpserted } from '../src/events/user-event.ts';
import { limits } from '../src/limits.ts';
import { topics } from '../src/topics.ts';
import { deadLetterSchema } from './dead-letter-schema.ts';
import { yamlOf } from './yaml.ts';

type Data = Record<string, unknown>;

interface Message {
  title: string;
  summary: string;
  schema: Data;
  example: Data;
}

interface Topic {
  name: string;
  partitions: number;
  description: string;
  key: string;
  /** Written by anybody, or between our own services. */
  from: 'producers' | 'kindred';
  messages: Record<string, Message>;
}

const target = { collection: 'shop', item_id: 'sku-1' };
const keyOfItem = 'collection + "/" + item_id: the events of one item keep their order.';

/** What goes over which topic. */
export const eventTopics: Record<string, Topic> = {
  items: {
    ...topics.items,
    from: 'producers',
    description:
      'Items as their owners describe them. An older revision never overwrites a newer one; equal ones are idempotent.',
    key: keyOfItem,
    messages: {
      itemUpserted: {
        title: 'Item upserted',
        summary: 'The full state of an item. Absent optional fields are empty, not "unchanged".',
        schema: schemaOf(itemUpserted),
        example: {
          kind: 'upserted',
          ...target,
          revision: 7,
          title: '무선 마우스',
          price: 19.9,
          attributes: { color: '검정' },
        },
      },
      itemPatched: {
        title: 'Item patched',
        summary:
          'Changes the given fields of a stored item, like a price alone. An item that is not stored: a dead letter.',
        schema: schemaOf(itemPatched),
        example: { kind: 'patched', ...target, price: 17.9, stock: 4, attributes: { color: '하양', season: null } },
      },
      itemDeleted: {
        title: 'Item deleted',
        summary: 'Leaves a tombstone with its revision, so that a late upsert cannot resurrect the item.',
        schema: schemaOf(itemDeleted),
        example: { kind: 'deleted', ...target, revision: 8 },
      },
    },
  },
  users: {
    ...topics.users,
    from: 'producers',
    description: 'Users, their erasure, and the merge of sessions into them.',
    key: 'user_id',
    messages: {
      userUpserted: {
        title: 'User upserted',
        summary: 'The full state of a user.',
        schema: schemaOf(userUpserted),
        example: { kind: 'upserted', user_id: '42', attributes: { country: 'KR' } },
      },
      userDeleted: {
        title: 'User deleted',
        summary: "Erasure: the user, the user's interactions, sessions and vectors go; a tombstone stays.",
        schema: schemaOf(userDeleted),
        example: { kind: 'deleted', user_id: '42' },
      },
      userIdentified: {
        title: 'User identified',
        summary: 'What this session did belongs to this user.',
        schema: schemaOf(userIdentified),
        example: { kind: 'identified', user_id: '42', session_id: 's-1' },
      },
    },
  },
  interactions: {
    ...topics.interactions,
    from: 'producers',
    description: 'What people did. The same event_id counts once, however often it arrives.',
    key: 'user_id, or session_id where there is no user',
    messages: {
      interaction: {
        title: 'Interaction',
        summary:
          'One of user_id and session_id is needed; a rating or watch_portion needs its value, that of watch_portion is from 0 to 1.',
        schema: { ...schemaOf(interactionEvent), anyOf: [{ required: ['user_id'] }, { required: ['session_id'] }] },
        example: { event_id: 'e-1', occurred_at: '2026-01-31T12:00:00Z', type: 'view', user_id: '42', ...target },
      },
    },
  },
  itemChanges: {
    ...topics.itemChanges,
    from: 'kindred',
    description: 'Internal, from ingestion to embedding: which row to read, never what is in it.',
    key: keyOfItem,
    messages: {
      itemChange: {
        title: 'Item change',
        summary: "This item's row changed.",
        schema: schemaOf(itemChange),
        example: { kind: 'upserted', ...target, revision: '7' },
      },
    },
  },
  userChanges: {
    ...topics.userChanges,
    from: 'kindred',
    description: 'Internal, from ingestion to recommendation: whose interactions changed.',
    key: 'user_id or session_id',
    messages: {
      userChange: {
        title: 'User change',
        summary: "This user's or session's interactions changed.",
        schema: schemaOf(userChange),
        example: { kind: 'interacted', user_id: '42' },
      },
    },
  },
  deadLetters: {
    ...topics.deadLetters,
    from: 'kindred',
    description:
      'Internal: messages that can never succeed, with the reason and the original bytes, ready to be replayed.',
    key: 'dead_letter_id',
    messages: {
      deadLetter: {
        title: 'Dead letter',
        summary: 'A refused message.',
        schema: deadLetterSchema,
        example: {
          dead_letter_id: 'ingestion/items.v1/3/1207',
          topic: 'items.v1',
          key: 'shop/sku-1',
          value_base64: 'eyJraW5kIjo=',
          headers: {},
          reason_code: 'MALFORMED_JSON',
          field: '',
          reason: 'The event is not valid JSON in UTF-8',
          step: 'ingestion',
          failed_at: '2026-01-31T12:00:00.000Z',
        },
      },
    },
  },
};

const description = `Events go in as plain JSON in UTF-8, written with any Kafka client; no header is needed.
A message has at most ${limits.eventBytes} bytes. Within the version of a topic only optional fields are added; unknown fields are ignored.
Delivery is at least once and counted once: items and users by revision, interactions by event_id.
A message that can never succeed goes to the dead letters with its reason, and its neighbors go on.
The tenant follows from the configured prefix of the topic's name; without a prefix it is "default".
Made from the schemas the services check with: npm run generate -w libs/contracts.`;

/** The AsyncAPI 3.0 document of the topics, as YAML. */
export function asyncApiDocument(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const all = Object.entries(eventTopics);
  return yamlOf({
    asyncapi: '3.0.0',
    info: { title: 'Kindred events', version, description, license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(all.map(([name, topic]) => [name, channelOf(topic)])),
    operations: Object.fromEntries(all.flatMap(([name, topic]) => operationsOf(name, topic))),
    components: {
      messages: Object.fromEntries(all.flatMap(([, topic]) => messagesOf(topic))),
      schemas: Object.fromEntries(
        all.flatMap(([, topic]) => Object.entries(topic.messages).map(([id, { schema }]) => [id, schema])),
      ),
    },
  });
}

function channelOf({ name, partitions, description: text, messages }: Topic): Data {
  const references = Object.keys(messages).map((id) => [id, { $ref: `#/components/messages/${id}` }]);
  return {
    address: name,
    description: text,
    messages: Object.fromEntries(references),
    bindings: { kafka: { topic: name, partitions, bindingVersion: '0.5.0' } },
  };
}

/** As AsyncAPI has it, from where Kindred stands: what producers send it receives. */
function operationsOf(name: string, { from }: Topic): [string, Data][] {
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  const channel = { $ref: `#/channels/${name}` };
  const receive: [string, Data] = [`receive${title}`, { action: 'receive', channel }];
  return from === 'producers' ? [receive] : [[`send${title}`, { action: 'send', channel }], receive];
}

function messagesOf({ key, messages }: Topic): [string, Data][] {
  return Object.entries(messages).map(([id, { title, summary, example }]) => [
    id,
    {
      name: id,
      title,
      summary,
      payload: { $ref: `#/components/schemas/${id}` },
      bindings: { kafka: { key: { type: 'string', description: key }, bindingVersion: '0.5.0' } },
      examples: [{ payload: example }],
    },
  ]);
}

/** What may be written, as JSON Schema; a bigint is nothing JSON has. */
function schemaOf(schema: z.ZodType): Data {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      jsonSchema.anyOf = jsonSchema.anyOf?.filter((option) => Object.keys(option).length > 0);
      if (jsonSchema.anyOf === undefined) delete jsonSchema.anyOf;
    },
  });
  return rest;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../asyncapi.yaml', import.meta.url), asyncApiDocument());
