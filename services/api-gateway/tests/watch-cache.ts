import type { Cache } from '@maxai/runtime/cache';
import { until } from '@maxai/runtime/testing';
import { connect } from 'node:net';

/** Commands of clients on one logical database of Redis while `work` runs, as MONITOR writes them. */
export async function commandsDuring(
  { url, cache }: { readonly url: string; readonly cache: Cache },
  work: () => Promise<unknown>,
): Promise<string[]> {
  const { hostname, port, pathname } = new URL(url);
  const monitor = connect(Number(port), hostname).setEncoding('utf8');
  let text = '';
  monitor.on('data', (part) => (text += String(part)));
  monitor.write('MONITOR\r\n');
  await until(() => text.startsWith('+OK'));
  await work();
  await cache.redis.get('end of the watch');
  await until(() => text.includes('"end of the watch"'));
  monitor.destroy();
  const line = new RegExp(`^\\+[\\d.]+ \\[${pathname.slice(1)} [\\d.:]+\\] (.*)$`);
  return text
    .split('\r\n')
    .flatMap((written) => line.exec(written)?.[1] ?? [])
    .filter((command) => command !== '"get" "end of the watch"');
}
