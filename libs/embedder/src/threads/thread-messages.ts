/** What a thread is made of; the settings are what its worker file is started with. */
export interface ThreadOptions {
  workerFile: URL;
  settings: object;
}

/** What a thread says first, once. */
export type ThreadStart<Loaded> = { ready: Loaded } | { unusable: { field: string; message: string } };

/** Instead of the answer to a request. */
export interface Failed {
  failed: string;
}

/** Asks a thread to end. */
export interface CloseRequest {
  close: true;
}
