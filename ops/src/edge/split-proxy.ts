import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { FastifyReply } from 'fastify';
import { createProxy, type Proxy, type ProxyTarget } from './proxy.ts';
import { chooseVersion, readSplits, type TrafficSplits } from './traffic-split.ts';

/** The splits in force, read again whenever their file changes. */
export type SplitSource = { readonly current: () => TrafficSplits; readonly close: () => void };

/** Follows the file of the splits; without one nothing is ever split. */
export function followSplits(file: string | undefined): SplitSource {
  if (file === undefined) return { current: () => ({}), close: () => undefined };
  let splits = readSplits(file);
  const name = basename(file);
  // The folder is watched: a file that is replaced is another file.
  const watcher: FSWatcher = watch(dirname(file), (_event, changed) => {
    if (changed === name) splits = readSplits(file);
  });
  return { current: () => splits, close: () => watcher.close() };
}

function addCookie(reply: FastifyReply, cookie: string): void {
  const present = reply.getHeader('set-cookie');
  void reply.removeHeader('set-cookie');
  void reply.header('set-cookie', present === undefined ? cookie : [present, cookie].flat());
}

/** One target with the versions that a release puts beside each other. */
export function createSplitProxy(
  target: ProxyTarget,
  source: SplitSource,
  random: () => number,
): Proxy {
  const proxies = new Map<string, Proxy>();
  const proxyTo = (url: string) => {
    const found = proxies.get(url) ?? createProxy({ ...target, url });
    proxies.set(url, found);
    return found;
  };
  return {
    async forward(request, reply) {
      const split = source.current()[target.name];
      if (split === undefined) return proxyTo(target.url).forward(request, reply);
      const { url, setCookie } = chooseVersion(
        target.name,
        split,
        request.headers.cookie,
        random(),
      );
      return proxyTo(url).forward(request, reply, (answer) => {
        if (setCookie !== null) addCookie(answer, setCookie);
      });
    },
    ping: (healthPath) => {
      const split = source.current()[target.name];
      const url =
        split?.canaryPercent === 100 ? split.canary.url : (split?.stable.url ?? target.url);
      return proxyTo(url).ping(healthPath);
    },
    async close() {
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    },
  };
}
