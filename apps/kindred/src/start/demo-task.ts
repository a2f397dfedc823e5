import type { KindredClient } from '@kindred/client';
import type { Messaging } from '@kindred/messaging';
import { demoCollections } from '../demo/demo-collections.ts';
import { demoTotals } from '../demo/demo-files.ts';
import { DemoLoad } from '../demo/demo-load.ts';
import { type DemoMarker, newMarker, readMarker } from '../demo/demo-marker.ts';
import { DemoWatch, demoItems } from '../demo/demo-watch.ts';
import { count, plural } from '../output/format.ts';
import { LoadView } from './load-view.ts';
import type { StartConfig } from './start-config.ts';

const tenant = 'default';

/** The key by which this process may declare the demo's collections; null where API_KEYS has no admin of its tenant. */
export function demoKey(config: StartConfig): string | undefined | null {
  if (config.API_KEYS === undefined) return undefined;
  const admin = Object.entries(config.API_KEYS).find(([, grant]) => grant.tenant === tenant && grant.role === 'admin');
  return admin?.[0] ?? null;
}

/** Where an earlier run of the demo stands, or undefined when it is not wanted here. */
export async function demoToLoad(client: KindredClient, config: StartConfig): Promise<DemoMarker | undefined> {
  if (config.KINDRED_DEMO === 'off') return undefined;
  const { collections } = await client.catalog.listCollections({});
  const names = new Set(collections.map((collection) => collection.name));
  const begun = demoCollections.every((collection) => names.has(collection.name));
  const marker = await readMarker(config.KINDRED_DATA);
  if (marker !== undefined && begun) return marker;
  const wanted = config.KINDRED_DEMO === 'on' || (config.DATABASE_URL === undefined && collections.length === 0);
  return wanted || marker !== undefined ? newMarker() : undefined;
}

export interface DemoTaskOptions {
  client: KindredClient;
  messaging: Messaging;
  dataFolder: string;
  signal: AbortSignal;
}

/** Declares the collections, loads what is missing and shows how far it is. */
export async function loadDemo(marker: DemoMarker, options: DemoTaskOptions): Promise<void> {
  const { client, messaging, dataFolder } = options;
  for (const collection of demoCollections) await client.catalog.putCollection({ collection });
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const view = new LoadView();
  const watch = new DemoWatch({
    readStatus: () => client.catalog.getStatus({}),
    messaging,
    onState: (state) => view.show(load.published, state),
  });
  const load = new DemoLoad({ messaging, tenant, dataFolder, watch, signal }, marker);
  const begun = performance.now();
  const watching = watch.run(signal);
  try {
    // Watching ends by itself only when the status cannot be read, or when it is told to.
    await Promise.race([load.run(), watching]);
    options.signal.throwIfAborted();
  } finally {
    view.stop();
    stop.abort();
  }
  await watching;
  const seconds = (performance.now() - begun) / 1000;
  const what = `${plural(demoItems, 'item')} and ${plural(demoTotals.ratings, 'rating')}`;
  console.log(
    `everything is in: ${what}, ${seconds.toFixed(0)} s (${count(Math.round((demoItems + demoTotals.ratings) / seconds))} events/s)\n`,
  );
}
