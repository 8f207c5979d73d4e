import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import PortalCache from '../shared-cache.ts';
import { GET } from '../src/app/status/route.ts';
import { platformStatus, statusPage } from '../src/features/status/platform-status.ts';

const now = new Date('2026-11-20T10:00:00.000Z');
const server = createServer((request, response) => {
  response.statusCode = request.url === '/broken/api/openapi.json' ? 500 : 200;
  response.end('{}');
});
let url: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

describe('the status of the platform', () => {
  it.each([
    ['answers', () => url],
    ['does not answer', () => `${url}/broken`],
    ['does not answer', () => 'http://127.0.0.1:1'],
  ])('says that the API %s', async (api, at) => {
    expect(await platformStatus(at(), now)).toEqual({ api, checkedAt: now.toISOString() });
  });

  it('is a page without scripts', () => {
    const page = statusPage({ api: 'answers', checkedAt: now.toISOString() });
    expect(page).toContain(
      'The API answers. Checked at <time datetime="2026-11-20T10:00:00.000Z">',
    );
    expect(page).not.toContain('<script');
  });

  it('is asked of the address the portal is published at, and of none where there is none', async () => {
    vi.stubEnv('PORTAL_WEB_PUBLIC_URL', url);
    const answer = await GET();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await answer.text()).toContain('The API answers.');
    vi.stubEnv('PORTAL_WEB_PUBLIC_URL', undefined);
    expect(await (await GET()).text()).toContain('The API does not answer.');
  });
});

describe('the pages that are kept', () => {
  it('lie in the folder the process is given, and nowhere without one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portal-pages-'));
    vi.stubEnv('PORTAL_WEB_CACHE_FOLDER', folder);
    await new PortalCache({ serverDistDir: folder }).set('/status', 'page');
    expect(await new PortalCache({ serverDistDir: folder }).get('/status')).toMatchObject({
      value: 'page',
    });
    vi.stubEnv('PORTAL_WEB_CACHE_FOLDER', undefined);
    expect(await new PortalCache({}).get('/status')).toBeNull();
    rmSync(folder, { recursive: true });
  });
});
