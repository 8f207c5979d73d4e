export type RandomBytes = (size: number) => Uint8Array;

const pool = { bytes: new Uint8Array(4096), used: 4096 };

/**
 * Random bytes from the system, which is asked for many at once: asking costs more than the bytes. Each is
 * given out once; at most 4096 a call.
 */
export const randomBytes: RandomBytes = (size) => {
  if (pool.used + size > pool.bytes.length) {
    crypto.getRandomValues(pool.bytes);
    pool.used = 0;
  }
  pool.used += size;
  return pool.bytes.slice(pool.used - size, pool.used);
};
