import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../src/local/ports.ts';
import { buildWebApp } from '../src/platform/web-build.ts';
import { waitUntil } from '../src/supervisor/probe.ts';
import { spawnProcess, type Running } from '../src/supervisor/spawn-process.ts';
import { root } from './fixtures/local-platform.ts';

const app = 'portal-web';
const folder = mkdtempSync(join(tmpdir(), 'shared-pages-'));
const running: Running[] = [];
let api: Server;
let asked = 0;

beforeAll(async () => {
  api = createServer((_request, response) => {
    asked += 1;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(api, 'listening');
  const build = { root, app, logFile: join(folder, 'build.log') };
  await buildWebApp(build, new AbortController().signal, () => undefined);
}, 600_000);

afterAll(async () => {
  await Promise.all(running.map((each) => each.stop(2000)));
  api.close();
  rmSync(folder, { recursive: true });
});

/** The portal as its container runs it, with pages kept in a folder. Returns where it answers. */
async function startInstance(pages: string): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  running.push(
    spawnProcess({
      command: process.execPath,
      args: [join(root, `apps/${app}/.next/standalone/apps/${app}/server.js`)],
      cwd: folder,
      env: {
        PORT: String(port),
        HOSTNAME: '127.0.0.1',
        PORTAL_WEB_PUBLIC_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
        PORTAL_WEB_CACHE_FOLDER: join(folder, pages),
      },
      logFile: join(folder, `${port}.log`),
    }),
  );
  const answers = () =>
    fetch(`${url}/livez`).then(
      ({ ok }) => ok,
      () => false,
    );
  expect(await waitUntil(answers, 60_000)).toBe(true);
  return url;
}

async function statusAt(url: string) {
  const response = await fetch(`${url}/status`);
  return { cache: response.headers.get('x-nextjs-cache'), text: await response.text() };
}

describe('a page that is rendered for everybody', { timeout: 180_000 }, () => {
  it('is rendered by one instance and shown by all [R15]', async () => {
    const first = await startInstance('shared');
    const second = await startInstance('shared');
    const elsewhere = await startInstance('its own');
    const before = asked;
    const rendered = await statusAt(first);
    expect(rendered.text).toContain('The API answers. Checked at');
    expect(asked).toBe(before + 1);
    expect(await statusAt(first)).toEqual({ cache: 'HIT', text: rendered.text });
    expect(await statusAt(second)).toEqual({ cache: 'HIT', text: rendered.text });
    expect(asked).toBe(before + 1);
    expect((await statusAt(elsewhere)).text).not.toBe(rendered.text);
    expect(asked).toBe(before + 2);
  });

  it('may be kept by a network of caches for as long as by us [R15]', async () => {
    const response = await fetch(`${await startInstance('shared')}/status`);
    expect(response.headers.get('cache-control')).toMatch(/^s-maxage=60, stale-while-revalidate/);
  });
});
