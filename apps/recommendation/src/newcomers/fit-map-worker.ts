import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type DescribedRows, fitFactorMap } from '@kindred/ranking';

(parentPort as MessagePort).postMessage(fitFactorMap(workerData as DescribedRows));
