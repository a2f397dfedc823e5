import { randomBytes } from 'node:crypto';
import {
  type DeleteItemsRequest,
  type DeleteUsersRequest,
  type IdentifyUserRequest,
  type InteractionEvent,
  KindredError,
  limits,
  type PatchItemsRequest,
  type RecordInteractionsRequest,
  type TopicName,
  topics,
  type UpsertItemsRequest,
  type UpsertUsersRequest,
  type UserEvent,
  userEvent,
  validateEvent,
  Wait,
  type WriteResult,
} from '@kindred/contracts';
import { groupBy, type Messaging, type OutgoingMessage } from '@kindred/messaging';
import type { CollectionDirectory } from '@kindred/vector-index';
import { type ItemService, itemKey } from '../items/item.service.ts';
import { itemMissing } from '../items/item-patch.ts';
import type { Completion } from './completion.ts';
import { eventJson, interactionOf, itemDeletedOf, itemPatchedOf, itemUpsertedOf, userUpsertedOf } from './event-of.ts';
import type { Patience } from './patience.ts';
import { RevisionClock } from './revision-clock.ts';
import { acknowledged, rejectedResult } from './write-result.ts';

/** One checked write: what to publish, and what to answer. A refused one has a result and no message. */
interface Write {
  result: WriteResult;
  message?: OutgoingMessage;
}

/** gRPC writes: checked at once, published to the same topics as any producer's events. */
export class CatalogService {
  private readonly clock = new RevisionClock();

  constructor(
    private readonly messaging: Messaging,
    private readonly items: ItemService,
    private readonly collections: CollectionDirectory,
    private readonly completion: Completion,
  ) {}

  /** One result per request, in order. A later request for the same item in the batch supersedes an earlier one. */
  async upsertItems(tenant: string, requests: UpsertItemsRequest[], patience: Patience): Promise<WriteResult[]> {
    const writes: Write[] = [];
    for (const { item } of requests) {
      writes.push(
        await attempt(item?.itemId ?? '', () => this.itemWrite(tenant, itemUpsertedOf(item, this.clock.next()))),
      );
    }
    await this.publish(topics.items.name, writes);
    const waiting = requests.flatMap(({ item, wait }, index) =>
      wait === Wait.WAIT_COMPLETED ? [{ collection: item?.collection ?? '', result: writes[index]!.result }] : [],
    );
    for (const [collection, group] of groupBy(waiting, (one) => one.collection)) {
      const results = group.map((one) => one.result);
      await this.completion.items(tenant, collection, results, patience);
    }
    return writes.map((write) => write.result);
  }

  /** One result per patch, in order; patches of one item go one after the other. */
  async patchItems(tenant: string, request: PatchItemsRequest, patience: Patience): Promise<WriteResult[]> {
    checkCount('patches', request.patches.length, limits.idsPerRequest);
    const waits = request.wait === Wait.WAIT_COMPLETED;
    const receipts = request.patches.map(() => randomBytes(8).readBigUInt64BE() >> 1n);
    const checked: Write[] = [];
    for (const [at, patch] of request.patches.entries()) {
      const receipt = waits ? receipts[at] : undefined;
      checked.push(await attempt(patch.itemId, () => this.itemWrite(tenant, itemPatchedOf(patch, at, receipt))));
    }
    const stored = await this.items.stored(
      tenant,
      request.patches.filter((_, at) => checked[at]!.message),
    );
    const writes = checked.map((write, at): Write => {
      const { collection, itemId } = request.patches[at]!;
      const isStored = !write.message || stored.has(itemKey(collection, itemId));
      return isStored ? write : { result: rejectedResult(itemId, itemMissing(collection, itemId)) };
    });
    await this.publish(topics.items.name, writes);
    const patches = writes.map(({ result }, at) => ({ ...request.patches[at]!, receipt: receipts[at]!, result }));
    for (const [collection, group] of groupBy(waits ? patches : [], (patch) => patch.collection)) {
      await this.completion.patches(tenant, collection, group, patience);
    }
    return writes.map(({ result }) => result);
  }

  async deleteItems(tenant: string, request: DeleteItemsRequest, patience: Patience): Promise<WriteResult[]> {
    checkCount('item_ids', request.itemIds.length, limits.idsPerRequest);
    await this.collections.get(tenant, request.collection);
    const writes: Write[] = [];
    for (const id of request.itemIds) {
      const revision = request.revision ?? this.clock.next();
      writes.push(await attempt(id, () => this.itemWrite(tenant, itemDeletedOf(request.collection, id, revision))));
    }
    await this.publish(topics.items.name, writes);
    const results = writes.map((write) => write.result);
    if (request.wait === Wait.WAIT_COMPLETED) {
      await this.completion.items(tenant, request.collection, results, patience);
    }
    return results;
  }

  async upsertUsers(tenant: string, request: UpsertUsersRequest, patience: Patience): Promise<WriteResult[]> {
    checkCount('users', request.users.length, limits.idsPerRequest);
    const writes: Write[] = [];
    for (const [position, user] of request.users.entries()) {
      const write = () => userWrite(tenant, userUpsertedOf(user, position, this.clock.next()));
      writes.push(await attempt(user.userId, write));
    }
    return this.publishUsers(tenant, writes, request.wait, patience);
  }

  async deleteUsers(tenant: string, request: DeleteUsersRequest, patience: Patience): Promise<WriteResult[]> {
    checkCount('user_ids', request.userIds.length, limits.idsPerRequest);
    const writes: Write[] = [];
    for (const id of request.userIds) {
      const event = { kind: 'deleted', user_id: id, revision: this.clock.next() };
      writes.push(await attempt(id, () => userWrite(tenant, validateEvent(userEvent, event))));
    }
    return this.publishUsers(tenant, writes, request.wait, patience);
  }

  async identifyUser(tenant: string, request: IdentifyUserRequest, patience: Patience): Promise<WriteResult> {
    const { userId, sessionId } = request;
    const event = validateEvent(userEvent, { kind: 'identified', user_id: userId, session_id: sessionId });
    const waits = request.wait === Wait.WAIT_COMPLETED;
    const erased = await this.completion.erased(tenant, waits ? [userId] : []);
    if (erased.has(userId)) throw userErased('user_id', userId);
    const message = { tenant, key: userId, value: eventJson(event) };
    const result = acknowledged(userId);
    await this.publish(topics.users.name, [{ result, message }]);
    if (waits) await this.completion.session(tenant, sessionId, userId, result, patience);
    return result;
  }

  async recordInteractions(
    tenant: string,
    request: RecordInteractionsRequest,
    patience: Patience,
  ): Promise<WriteResult[]> {
    checkCount('interactions', request.interactions.length, limits.interactionsPerRequest);
    const checked: Write[] = [];
    for (const [position, interaction] of request.interactions.entries()) {
      checked.push(
        await attempt(interaction.eventId, () => this.interactionWrite(tenant, interactionOf(interaction, position))),
      );
    }
    const waits = request.wait === Wait.WAIT_COMPLETED;
    const users = request.interactions.flatMap(({ userId }, at) => (checked[at]!.message && userId ? [userId] : []));
    const erased = await this.completion.erased(tenant, waits ? users : []);
    const writes = checked.map((write, at): Write => {
      const { eventId, userId } = request.interactions[at]!;
      if (!write.message || !erased.has(userId)) return write;
      return { result: rejectedResult(eventId, userErased(`interactions[${at}].user_id`, userId)) };
    });
    await this.publish(topics.interactions.name, writes);
    const results = writes.map((write) => write.result);
    if (waits) await this.completion.interactions(tenant, results, patience);
    return results;
  }

  private async itemWrite(tenant: string, event: Parameters<ItemService['check']>[1]): Promise<Write> {
    await this.items.check(tenant, event);
    const message = { tenant, key: itemKey(event.collection, event.item_id), value: eventJson(event) };
    const revision = event.kind === 'patched' ? undefined : event.revision;
    return { result: acknowledged(event.item_id, revision), message };
  }

  private async interactionWrite(tenant: string, event: InteractionEvent): Promise<Write> {
    await this.collections.get(tenant, event.collection);
    const message = { tenant, key: (event.user_id ?? event.session_id)!, value: eventJson(event) };
    return { result: acknowledged(event.event_id), message };
  }

  private async publishUsers(tenant: string, writes: Write[], wait: Wait, patience: Patience): Promise<WriteResult[]> {
    await this.publish(topics.users.name, writes);
    const results = writes.map((write) => write.result);
    if (wait === Wait.WAIT_COMPLETED) await this.completion.users(tenant, results, patience);
    return results;
  }

  private async publish(topic: TopicName, writes: Write[]): Promise<void> {
    const messages = writes.flatMap((write) => write.message ?? []);
    if (messages.length > 0) await this.messaging.publish(topic, messages);
  }
}

async function attempt(id: string, write: () => Write | Promise<Write>): Promise<Write> {
  try {
    return await write();
  } catch (error) {
    return { result: rejectedResult(id, error) };
  }
}

function userWrite(tenant: string, event: UserEvent): Write {
  const revision = event.kind === 'identified' ? undefined : event.revision;
  return {
    result: acknowledged(event.user_id, revision),
    message: { tenant, key: event.user_id, value: eventJson(event) },
  };
}

function userErased(field: string, userId: string): KindredError {
  const message = `${field} is "${userId}", who was erased: nothing of them is stored. Who came back is upserted first`;
  return new KindredError('USER_ERASED', field, message);
}

function checkCount(field: string, count: number, most: number): void {
  if (count === 0) throw new KindredError('FIELD_MISSING', field, `${field} is empty; send at least one`);
  if (count > most) {
    const message = `${field} has ${count} entries; at most ${most} go in one request. Send several requests.`;
    throw new KindredError('FIELD_TOO_LARGE', field, message);
  }
}
