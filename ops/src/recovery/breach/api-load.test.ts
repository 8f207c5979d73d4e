import { until } from '@maxai/runtime/testing';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { startApiLoad } from './api-load.ts';

it('counts every answer, and tells what each failed one said', async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    if (asked === 2) response.writeHead(503).end('away');
    else if (asked === 3) response.destroy();
    else response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const load = startApiLoad({ url: `http://127.0.0.1:${port}`, apiKey: 'mxk_any', everyMs: 1 });
  await until(() => asked >= 5);
  const { answered, failed } = await load.stop();
  expect(answered).toBe(asked);
  expect(failed).toEqual(['503 away', expect.stringContaining('fetch failed')]);
  server.closeAllConnections();
  server.close();
});
