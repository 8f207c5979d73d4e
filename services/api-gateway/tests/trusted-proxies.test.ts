import { trustedHops } from '@maxai/topology/environments/trusted-hops';
import type { TrustedHops } from '@maxai/topology/model';
import { testRedis } from '@maxai/runtime/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { startGateway, withKey, type Gateway } from './gateway-fixture.ts';

const { url } = await testRedis();
const started: Gateway[] = [];
afterAll(() => Promise.all(started.map((gateway) => gateway.close())));

async function gatewayBehind(place: keyof TrustedHops): Promise<Gateway> {
  const trustedProxies = trustedHops[place].length;
  const gateway = await startGateway(url, { trustedProxies, unknownCredentialsPerMinute: 2 });
  started.push(gateway);
  return gateway;
}

/** What the place's balancers make of a client's own header: the last of them adds no line for itself, it holds the connection. */
function forwarded(place: keyof TrustedHops, written: string, client: string): string {
  const ours = trustedHops[place].slice(1).map((_hop, index) => `192.0.2.${index + 1}`);
  return [written, client, ...ours].join(', ');
}

async function guess(gateway: Gateway, header: string): Promise<number> {
  const headers = { ...withKey(`mxk_${randomUUID()}`), 'x-forwarded-for': header };
  return (await gateway.request('/api/clients', { headers })).status;
}

describe.each([
  ['gke', '203.0.113.30', '203.0.113.31'],
  ['eks', '203.0.113.32', '203.0.113.33'],
  ['local', '203.0.113.34', '203.0.113.35'],
] as const)('behind the way in of %s', (place, client, another) => {
  it('counts a client by its own address, whatever it writes before it', async () => {
    const gateway = await gatewayBehind(place);
    const statuses: number[] = [];
    for (const written of ['198.51.100.1', '198.51.100.2', '198.51.100.3, 198.51.100.4']) {
      statuses.push(await guess(gateway, forwarded(place, written, client)));
    }
    expect(statuses).toEqual([401, 401, 429]);
    expect(await guess(gateway, forwarded(place, '198.51.100.1', another))).toBe(401);
  });
});

it('believes nothing that is written where the gateway of the cluster adds nothing', async () => {
  const gateway = await gatewayBehind('kind');
  const statuses: number[] = [];
  for (const written of ['198.51.100.1', '198.51.100.2', '198.51.100.3']) {
    statuses.push(await guess(gateway, written));
  }
  expect(statuses).toEqual([401, 401, 429]);
});
