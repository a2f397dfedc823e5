/** The part of cli-progress 3.12 that is used here; the package ships no types. */
declare module 'cli-progress' {
  export interface Options {
    format?: string;
    stream?: NodeJS.WritableStream;
    hideCursor?: boolean;
    clearOnComplete?: boolean;
    barsize?: number;
    fps?: number;
    forceRedraw?: boolean;
    emptyOnZero?: boolean;
    autopadding?: boolean;
    barCompleteChar?: string;
    barIncompleteChar?: string;
  }
  export class SingleBar {
    constructor(options: Options);
    start(total: number, startValue: number, payload?: Record<string, unknown>): void;
    update(value: number, payload?: Record<string, unknown>): void;
    setTotal(total: number): void;
    stop(): void;
  }
  export class MultiBar {
    constructor(options: Options);
    create(total: number, startValue: number, payload?: Record<string, unknown>): SingleBar;
    log(line: string): void;
    stop(): void;
  }
}
