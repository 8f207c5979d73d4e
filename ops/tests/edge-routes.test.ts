import { createLogger, createMetrics } from '@maxai/runtime/telemetry';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEdgeConfig } from '../src/edge/config.ts';
import { createEdge } from '../src/edge/create-edge.ts';

const targets = ['portal-web', 'admin-web', 'api-gateway', 'webhook-ingress'] as const;
const servers: Server[] = [];
let edge: Awaited<ReturnType<typeof createEdge>>;
let url: string;

/** Answers everything with its own name. */
async function startTarget(name: string): Promise<string> {
  const server = createServer((_request, response) => void response.end(name));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const [portal, admin, gateway, ingress] = await Promise.all(targets.map(startTarget));
  edge = await createEdge(
    loadEdgeConfig({
      EDGE_PORT: '0',
      EDGE_PUBLIC_URL: 'https://app.maxai.io',
      EDGE_PORTAL_WEB_URL: portal,
      EDGE_ADMIN_WEB_URL: admin,
      EDGE_API_GATEWAY_URL: gateway,
      EDGE_WEBHOOK_INGRESS_URL: ingress,
    }),
    {
      logger: createLogger({ service: 'edge', version: 'test', level: 'silent' }),
      metrics: createMetrics('edge'),
    },
  );
  url = await edge.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await edge.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

test.each([
  ['/', 'portal-web'],
  ['/calls?client=1', 'portal-web'],
  ['/administration', 'portal-web'],
  ['/apiary', 'portal-web'],
  ['/admin', 'admin-web'],
  ['/admin/tenants', 'admin-web'],
  ['/api/clients', 'api-gateway'],
  ['/webhooks/retell/con_1', 'webhook-ingress'],
])('%s is answered by %s [R40]', async (path, name) => {
  const response = await fetch(`${url}${path}`);
  expect([response.status, await response.text()]).toEqual([200, name]);
});
