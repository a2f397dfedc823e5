import { topics } from '@kindred/contracts';
import { isDataError } from '@kindred/database';
import {
  type BatchHandler,
  type Consumer,
  checkSubscriptions,
  isolatePoison,
  type Messaging,
  type Subscription,
} from '@kindred/messaging';
import type { Readiness } from '@kindred/runtime';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { DeadLetterService } from './dead-letters/dead-letter.service.ts';
import type { InteractionService } from './interactions/interaction.service.ts';
import type { ItemService } from './items/item.service.ts';
import { isRejection } from './per-message.ts';
import type { UserService } from './users/user.service.ts';

const group = 'ingestion';
/** The topics this service is responsible for. */
const consumed = [topics.items.name, topics.users.name, topics.interactions.name, topics.deadLetters.name];

export interface Handlers {
  items: ItemService;
  users: UserService;
  interactions: InteractionService;
  deadLetters: DeadLetterService;
}

/** Topics to handlers: runs from the start of the application until its shutdown. */
export class Consumers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumers: Consumer[] = [];

  constructor(
    private readonly messaging: Messaging,
    private readonly handlers: Handlers,
    private readonly readiness: Readiness,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const subscriptions = subscriptionsOf(this.handlers);
    checkSubscriptions(consumed, subscriptions);
    for (const subscription of subscriptions) {
      const consumer = await this.messaging.consume(subscription);
      this.consumers.push(consumer);
      this.readiness.add(`${group}: ${subscription.topic}`, () => consumer.status());
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
  }
}

const subscriptionsOf = ({ items, users, interactions, deadLetters }: Handlers): Subscription[] => [
  { group, topic: topics.items.name, handle: guarded((messages) => items.store(messages)) },
  { group, topic: topics.users.name, handle: guarded((messages) => users.store(messages)) },
  {
    group,
    topic: topics.interactions.name,
    handle: guarded((messages) => interactions.store(messages)),
    maxBatch: 1_000,
  },
  { group, topic: topics.deadLetters.name, handle: (messages) => deadLetters.store(messages) },
];

/** A value that only PostgreSQL can refuse must not take its neighbors along. */
const guarded = (handle: BatchHandler) => isolatePoison(handle, (error) => isRejection(error) || isDataError(error));
