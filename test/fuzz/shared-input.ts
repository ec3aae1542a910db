/** The longest input that can be told to another thread; what is longer is cut, for the eyes of people only. */
const LARGEST = 4 * 1024 * 1024;

/** The input that a thread is busy with, readable by another one also while the first is stuck. */
export class SharedInput {
  readonly buffer: SharedArrayBuffer;
  readonly #counters: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(8 + LARGEST)) {
    this.buffer = buffer;
    this.#counters = new Int32Array(buffer, 0, 2);
    this.#bytes = new Uint8Array(buffer, 8);
  }

  /** Says what is tried now. */
  begin(input: string): void {
    // Bytes that are shared cannot be encoded into.
    const bytes = Buffer.from(input).subarray(0, LARGEST);
    this.#bytes.set(bytes);
    Atomics.store(this.#counters, 1, bytes.length);
    Atomics.add(this.#counters, 0, 1);
  }

  /** How many inputs were begun. */
  get begun(): number {
    return Atomics.load(this.#counters, 0);
  }

  get input(): string {
    return Buffer.from(this.#bytes.slice(0, Atomics.load(this.#counters, 1))).toString('utf8');
  }
}
