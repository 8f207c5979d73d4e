import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const sizeMaxBytes = 10 * 1024 * 1024;

function readFrom(path: string, from: number, to: number): string {
  const buffer = Buffer.alloc(to - from);
  const file = openSync(path, 'r');
  try {
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from));
  } finally {
    closeSync(file);
  }
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** The end of a log, at most `count` lines and 64 KiB; empty when there is none. */
export function lastLines(path: string, count: number): string {
  const size = sizeOf(path);
  if (size === 0) return '';
  const lines = readFrom(path, Math.max(0, size - 65_536), size)
    .trimEnd()
    .split('\n');
  return lines.slice(-count).join('\n');
}

/**
 * Keeps a log and one older part of it near `maxBytes` each. Writers append through their own descriptor, so the file
 * is copied and emptied in place instead of renamed.
 */
export function boundLog(path: string, maxBytes = sizeMaxBytes): void {
  if (sizeOf(path) <= maxBytes) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** Yields what is appended after `from` until aborted, to the last byte; starts again at zero when it was emptied. */
export async function* followLog(
  path: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let position = from;
  for (;;) {
    const last = signal.aborted;
    const size = sizeOf(path);
    if (size < position) position = 0;
    if (size > position) yield readFrom(path, position, size);
    position = size;
    if (last) return;
    await setTimeout(100, undefined, { signal }).catch(() => undefined);
  }
}
