import { modelName } from '@kindred/client';
import type { ModelRef } from '@kindred/contracts';
import { commandLine } from '../output/command-line.ts';

interface Place {
  address: string;
  collection: string;
}

export const activateCommand = (place: Place, acceptRefused = false): string =>
  commandLine(
    ['models', 'activate', '--collection', place.collection, ...(acceptRefused ? ['--accept-refused'] : [])],
    place,
  );

export const migrateCommand = (place: Place, to: ModelRef): string =>
  commandLine(['models', 'migrate', '--collection', place.collection, '--to', modelName(to)], place);

/** After a switch: the way back, and the end of it. */
export function afterSwitch(place: Place, previous: ModelRef | undefined): string[] {
  const earlier = modelName(previous);
  if (earlier === '') return [];
  const collection = ['--collection', place.collection];
  return [
    `back to ${earlier}, whose vectors are kept up to date:`,
    `  ${commandLine(['models', 'rollback', ...collection], place)}`,
    'or delete them for good:',
    `  ${commandLine(['models', 'drop', earlier, ...collection], place)}`,
  ];
}
