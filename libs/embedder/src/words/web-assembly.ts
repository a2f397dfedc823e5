/** The part of WebAssembly that is used here; the types of Node leave it to the DOM's. */
interface WebAssemblyApi {
  Memory: new (options: { initial: number; maximum: number; shared: true }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
}

/** A shared memory: can be handed to worker threads. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}

export const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
