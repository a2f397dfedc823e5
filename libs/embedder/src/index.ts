export type * from './embedding-model.ts';
