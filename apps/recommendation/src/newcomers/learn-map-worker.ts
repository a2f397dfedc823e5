import { type MessagePort, parentPort } from 'node:worker_threads';
import type { LearnTask } from './fit-map.ts';
import { learnMap, type MetItem } from './learn-map.ts';

const port = parentPort as MessagePort;
const items: MetItem[] = [];

port.on('message', (task: LearnTask) => {
  if ('items' in task) {
    items.push(...task.items);
    return;
  }
  port.postMessage(learnMap(items, task.attributes, task.contentDimensions));
  port.close();
});
