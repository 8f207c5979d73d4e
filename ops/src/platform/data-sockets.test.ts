import { developmentPlan } from '@maxai/topology/development-plan';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateFolder } from '../supervisor/state-folder.ts';
import { dataSockets, listenBySocket, reachBySocket } from './data-sockets.ts';
import { localPlatformOf } from './local-platform.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maxai-sockets-'));
  // The account of the database server passes through, so that the data lies here.
  chmodSync(folder, 0o711);
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the processes of one machine', () => {
  const plan = developmentPlan({
    portOffset: 1000,
    publicUrl: 'http://localhost:9080',
    secret: (name) => (name.startsWith('identity-') ? '{"kty":"OKP"}' : 'p@ss?word'),
  });
  const changed = (path: string) =>
    reachBySocket(plan, path).processes.flatMap(({ name, env }) => {
      const before = plan.processes.find((process) => process.name === name)?.env ?? {};
      return Object.entries(env)
        .filter(([key, value]) => value !== before[key])
        .map(([key, value]) => ({ key, before: String(before[key]), value }));
    });

  it('reach PostgreSQL and Redis by their sockets, as the same role, and everything else as before', () => {
    const all = changed('/state/a b/sockets');
    expect(all.filter(({ key }) => !/_(?:DATABASE|CACHE|QUEUE)_URL$/.test(key))).toEqual([]);
    const kept = plan.processes.flatMap(({ env }) =>
      Object.keys(env).filter((key) => /_(?:DATABASE|CACHE|QUEUE)_URL$/.test(key)),
    );
    expect(all.map(({ key }) => key)).toEqual(kept);
    for (const { key, before, value } of all) {
      const url = new URL(value);
      expect(value.startsWith(`${before}?`)).toBe(true);
      const socket = key.endsWith('_DATABASE_URL')
        ? { host: '/state/a b/sockets' }
        : {
            path: `/state/a b/sockets/redis-${key.endsWith('_CACHE_URL') ? 'cache' : 'queue'}.sock`,
          };
      expect(Object.fromEntries(url.searchParams)).toEqual(socket);
    }
  });
});

describe('the sockets of a state folder', () => {
  const urlsOf = (path: string, dataBy?: 'tcp') => {
    const { plan } = localPlatformOf({}, openStateFolder(path), dataBy && { dataBy });
    return plan.processes
      .flatMap(({ env }) => Object.entries(env))
      .filter(([key]) => key.endsWith('_DATABASE_URL'))
      .map(([, url]) => new URL(url).searchParams.get('host'));
  };

  it('lie beside the data, and TCP is there for whoever asks for it', () => {
    const state = openStateFolder(folder);
    const { socketFolder } = listenBySocket(state);
    expect(dataSockets(state)).toBe(socketFolder);
    expect(new Set(urlsOf(folder))).toEqual(new Set([socketFolder]));
    expect(new Set(urlsOf(folder, 'tcp'))).toEqual(new Set([null]));
  });

  it.each([
    ['whose path Linux would not take', 'ж'.repeat(40)],
    ['whose path PostgreSQL would read as two', 'a,b'],
  ])('are none in a folder %s: everything goes by TCP', (_why, name) => {
    const path = join(folder, name);
    mkdirSync(path, { mode: 0o711 });
    expect(listenBySocket(openStateFolder(path))).toEqual({});
    expect(new Set(urlsOf(path))).toEqual(new Set([null]));
  });
});
