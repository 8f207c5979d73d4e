import { connectionChanges } from '@maxai/contracts/announcements';
import { freePort } from '@maxai/ops/local/ports';
import { startRedis } from '@maxai/ops/local/redis-server';
import { createCache } from '@maxai/runtime/cache';
import { testRedis, until } from '@maxai/runtime/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startIngress, type Ingress } from './ingress-fixture.ts';

let redisUrl: string;
beforeAll(async () => {
  ({ url: redisUrl } = await testRedis());
});

const secrets = { webhookSecrets: ['leaked', 'kept'] };

function deliveryTo(ingress: Ingress, connection: ReturnType<Ingress['connect']>) {
  const statusWith = async (secret: string) =>
    (await ingress.retell(connection, { secret })).status;
  /** Whether a copy that is older than half a second is used unasked. */
  const isTrusted = async () => {
    ingress.clock.advance(600);
    const before = ingress.questions();
    expect(await statusWith('kept')).toBe(200);
    return ingress.questions() === before;
  };
  return { statusWith, isTrusted };
}

describe('a webhook secret that was removed', () => {
  it('stops working within a second of its announcement, which comes before the commit', async () => {
    const ingress = await startIngress(redisUrl);
    const iam = createCache({ url: redisUrl });
    const connection = ingress.connect('retell', secrets);
    const { statusWith, isTrusted } = deliveryTo(ingress, connection);
    await until(isTrusted);

    ingress.rotate(connection, ['kept']);
    ingress.clock.advance(600);
    expect(await statusWith('leaked')).toBe(200);

    ingress.rotate(connection, secrets.webhookSecrets);
    await iam.announce(connectionChanges.channel, connection.id);
    await until(async () => !(await isTrusted()));
    expect(await statusWith('leaked')).toBe(200);
    ingress.rotate(connection, ['kept']);
    ingress.clock.advance(500);
    expect(await statusWith('leaked')).toBe(401);

    ingress.clock.advance(connectionChanges.doubtMs);
    expect(await statusWith('kept')).toBe(200);
    expect(await isTrusted()).toBe(true);
    await iam.close();
    await ingress.close();
  });

  it('casts doubt on its own connection only, and on none for longer than a commit takes', async () => {
    const ingress = await startIngress(redisUrl);
    const iam = createCache({ url: redisUrl });
    const [first, second] = [
      ingress.connect('retell', secrets),
      ingress.connect('retell', secrets),
    ];
    await until(deliveryTo(ingress, first).isTrusted);
    await deliveryTo(ingress, second).isTrusted();
    await iam.announce(connectionChanges.channel, first.id);
    await until(async () => !(await deliveryTo(ingress, first).isTrusted()));
    expect(await deliveryTo(ingress, second).isTrusted()).toBe(true);
    ingress.clock.advance(connectionChanges.doubtMs);
    await iam.announce(connectionChanges.channel, second.id);
    await until(async () => !(await deliveryTo(ingress, second).isTrusted()));
    expect(await deliveryTo(ingress, first).isTrusted()).toBe(true);
    await iam.close();
    await ingress.close();
  });

  it('stops working as soon when no announcement can be heard', async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'maxai-ingress-'));
    const start = async (port: number) =>
      startRedis({
        name: 'redis',
        stateFolder,
        port,
        maxmemory: '64mb',
        maxmemoryPolicy: 'allkeys-lru',
        appendOnly: false,
      });
    const port = await freePort();
    const first = await start(port);
    const ingress = await startIngress(redisUrl, { cacheUrl: first.url });
    const connection = ingress.connect('retell', secrets);
    const { statusWith, isTrusted } = deliveryTo(ingress, connection);
    await until(isTrusted);

    await first.stop();
    await until(async () => !(await isTrusted()));
    ingress.rotate(connection, ['kept']);
    ingress.clock.advance(500);
    expect(await statusWith('leaked')).toBe(401);

    const second = await start(port);
    await until(isTrusted);
    await ingress.close();
    await second.stop();
    rmSync(stateFolder, { recursive: true });
  });
});
