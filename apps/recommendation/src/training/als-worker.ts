import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { ImplicitAls } from '@kindred/ranking';
import type { AlsTask, AlsTaskResult, AlsThreadData } from './als-tasks.ts';

const { state, settings } = workerData as AlsThreadData;
const als = new ImplicitAls(state, settings);
const port = parentPort as MessagePort;

function done(task: AlsTask): AlsTaskResult {
  switch (task.step) {
    case 'gramian':
      return { gramian: als.gramian(task.side, task.from, task.to) };
    case 'axes':
      return { axes: ImplicitAls.axes(task.lower, settings.dimensions) };
    case 'turn':
      als.turn(task.side, task.axes, task.from, task.to);
      return {};
    case 'solve':
      return { loss: als.solve(task.side, task.axes, task.from, task.to) };
    case 'penalty':
      return { loss: als.penalty(task.side) };
  }
}

port.on('message', (task: AlsTask) => {
  try {
    port.postMessage(done(task));
  } catch (error) {
    port.postMessage({ failed: error instanceof Error ? error.message : String(error) } satisfies AlsTaskResult);
  }
});
