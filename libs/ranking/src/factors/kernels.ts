import { kernelsWasm } from './kernels-wasm.ts';

/** The part of WebAssembly that is used here; the types of Node leave it to the DOM's. */
interface WebAssemblyApi {
  Memory: new (options: { initial: number }) => { buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

/** What wasm/kernels.ts exports; places are bytes in `buffer`. */
export interface Kernels {
  readonly buffer: ArrayBuffer;
  addUp(rows: number, sums: number, size: number, width: number): void;
  multiply(rows: number, square: number, products: number, size: number, width: number): void;
  apply(rows: number, confidences: number, size: number, p: number, out: number, width: number): void;
  score(rows: number, items: number, size: number, p: number, out: number, width: number): void;
  bound(
    rows: number,
    size: number,
    p: number,
    sides: number,
    step: number,
    width: number,
    unit: number,
    slack: number,
  ): void;
  combine(rows: number, shares: number, size: number, out: number, width: number): void;
  begin(state: number, width: number): number;
  step(state: number, width: number, size: number): number;
  solve(matrix: number, vector: number, size: number): number;
}

const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
const pageBytes = 65_536;
let compiled: object | undefined;

/** The kernels over a memory of their own. */
export function openKernels(bytes: number): Kernels {
  const memory = new wasm.Memory({ initial: Math.ceil(bytes / pageBytes) });
  compiled ??= new wasm.Module(Uint8Array.from(atob(kernelsWasm), (letter) => letter.charCodeAt(0)));
  const { exports } = new wasm.Instance(compiled, { env: { memory } });
  return { ...(exports as Omit<Kernels, 'buffer'>), buffer: memory.buffer };
}

/** Numbers that a row of so many takes where a kernel reads eight at a time. */
export const widthOf = (length: number): number => 8 * Math.ceil(length / 8);
