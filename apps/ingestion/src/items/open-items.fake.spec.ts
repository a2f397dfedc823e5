import type { Database } from '@kindred/database';
import { BackgroundPromotion, CollectionDirectory } from '@kindred/vector-index';
import { RecordedMessaging } from '../../../../test/support/recorded-messaging.ts';
import { CollectionService } from '../collections/collection.service.ts';
import { ItemService } from './item.service.ts';

const attribute = { array: false, filterable: true, embedded: false, shown: true };
const models = { model: '', imageModel: '', soundModel: '', expansionModel: '' };

interface Declared {
  name: string;
  /** Of the contract: 1 is keyword, 3 number. */
  type: number;
  array?: boolean;
  shown?: boolean;
}

/** A new collection, what stores its items, and what that publishes. */
export async function openItems(database: Database, tenant: string, name: string, attributes: Declared[]) {
  const messaging = new RecordedMessaging();
  const directory = new CollectionDirectory(database);
  const items = new ItemService(database, messaging, directory, new BackgroundPromotion(database, () => {}));
  await new CollectionService(database, directory).put(tenant, {
    name,
    attributes: attributes.map((one) => ({ ...attribute, ...one })),
    unknownAttributes: 0,
    ...models,
    items: 0n,
  });
  return { messaging, items };
}
