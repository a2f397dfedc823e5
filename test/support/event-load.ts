import type { KeyedMessage } from './producers.ts';
import { seeded, shuffled } from './random.ts';

export interface EventLoad {
  items: KeyedMessage[];
  interactions: KeyedMessage[];
  /** What must be stored in the end: newest revision and title per item. */
  newest: Map<string, { revision: number; title: string }>;
  eventIds: Set<string>;
  /** Messages that no handler can take. */
  poison: number;
}

const words = [
  'wireless',
  'mouse',
  'laptop',
  'toner',
  '무선',
  '마우스',
  '노트북',
  '키보드',
  'camera',
  'cable',
  '헤드폰',
  'monitor',
];

/**
 * Item events in which revisions come out of order and twice, interactions of which a tenth is sent twice,
 * and a poison message among every 1,000 items. Deterministic in the seed; `part` keeps several loads apart.
 */
export function eventLoad(options: {
  collection: string;
  itemEvents: number;
  interactionEvents: number;
  seed: number;
  part?: string;
}): EventLoad {
  const { collection, itemEvents, interactionEvents, seed, part = 'a' } = options;
  const random = seeded(seed);
  const load: EventLoad = { items: [], interactions: [], newest: new Map(), eventIds: new Set(), poison: 0 };
  const itemCount = Math.ceil(itemEvents / 2.5);
  while (load.items.length < itemEvents) {
    const id = `${part}-${Math.floor(random() * itemCount)}`;
    const revision = 1 + Math.floor(random() * 5);
    load.items.push(itemMessage(collection, id, revision));
    const known = load.newest.get(id);
    if (!known || known.revision < revision) load.newest.set(id, { revision, title: titleOf(id, revision) });
    if (load.items.length % 1_000 === 500 && load.items.length < itemEvents) {
      load.items.push({ key: `${collection}/poison`, value: '{"kind":"upserted","collection":' });
      load.poison += 1;
    }
  }
  const unique = Math.ceil(interactionEvents / 1.1);
  for (let index = 0; index < unique; index += 1) {
    load.interactions.push(interactionMessage(collection, part, index, random));
    load.eventIds.add(`${part}-e${index}`);
  }
  const twice = load.interactions.slice(0, interactionEvents - unique);
  load.interactions = shuffled([...load.interactions, ...twice], random);
  return load;
}

/** The same id and revision always have the same title: equal revisions are the same state. */
function titleOf(id: string, revision: number): string {
  const at = (id.length * 31 + Number(id.split('-')[1]) * 7 + revision) % words.length;
  return `${words[at]} ${words[(at + revision) % words.length]} ${id} r${revision}`;
}

function itemMessage(collection: string, id: string, revision: number): KeyedMessage {
  const event = {
    kind: 'upserted',
    collection,
    item_id: id,
    revision,
    title: titleOf(id, revision),
    price: revision * 10,
    stock: 5,
  };
  return { key: `${collection}/${id}`, value: JSON.stringify(event) };
}

function interactionMessage(collection: string, part: string, index: number, random: () => number): KeyedMessage {
  const user = `u${Math.floor(random() * 500)}`;
  const event = {
    event_id: `${part}-e${index}`,
    occurred_at: new Date(1_760_000_000_000 + index * 1_000).toISOString(),
    type: random() < 0.3 ? 'like' : 'click',
    user_id: user,
    collection,
    item_id: `${part}-${Math.floor(random() * 400)}`,
  };
  return { key: user, value: JSON.stringify(event) };
}
