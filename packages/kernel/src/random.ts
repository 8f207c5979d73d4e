export type RandomBytes = (size: number) => Uint8Array;

const pool = { bytes: new Uint8Array(4096), used: 4096 };
const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Where the next `size` bytes of the pool begin. */
function take(size: number): number {
  if (pool.used + size > pool.bytes.length) {
    crypto.getRandomValues(pool.bytes);
    pool.used = 0;
  }
  pool.used += size;
  return pool.used - size;
}

/**
 * Random bytes from the system, which is asked for many at once: asking costs more than the bytes. Each is
 * given out once; at most 4096 a call.
 */
export const randomBytes: RandomBytes = (size) => {
  const from = take(size);
  return pool.bytes.slice(from, from + size);
};

/** {@link randomBytes} as hexadecimal digits, two a byte. */
export function randomHex(size: number): string {
  const from = take(size);
  let text = '';
  for (let index = from; index < from + size; index += 1) {
    text += String(hexPairs[Number(pool.bytes[index])]);
  }
  return text;
}
