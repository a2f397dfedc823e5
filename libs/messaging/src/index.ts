export type * from './messaging.ts';
