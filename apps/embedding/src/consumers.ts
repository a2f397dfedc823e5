import { topics } from '@kindred/contracts';
import { type Consumer, checkSubscriptions, type Messaging, type Subscription } from '@kindred/messaging';
import type { Readiness } from '@kindred/runtime';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { EmbedChangesService } from './vectors/embed-changes.service.ts';

/** The topic this service is responsible for, to its handler, from the start of the application until its shutdown. */
export class Consumers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumer: Consumer | undefined;

  constructor(
    private readonly messaging: Messaging,
    private readonly changes: EmbedChangesService,
    private readonly readiness: Readiness,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const subscription: Subscription = {
      group: 'embedding',
      topic: topics.itemChanges.name,
      handle: (messages, context) => this.changes.store(messages, context),
    };
    checkSubscriptions([topics.itemChanges.name], [subscription]);
    const consumer = await this.messaging.consume(subscription);
    this.consumer = consumer;
    this.readiness.add(`embedding: ${subscription.topic}`, () => consumer.status());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer?.stop();
  }
}
