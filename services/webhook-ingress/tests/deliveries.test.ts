import type { ConnectionSecrets } from '@maxai/contracts/http/iam';
import * as contract from '@maxai/contracts/http/webhook-ingress';
import type { WebhookJob } from '@maxai/contracts/jobs/queues';
import { serviceIdentity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { mintTenantId, someone, testRedis, until } from '@maxai/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIngress, type Ingress } from './ingress-fixture.ts';

let ingress: Ingress;

beforeAll(async () => {
  const { url } = await testRedis();
  ingress = await startIngress(url);
});
afterAll(() => ingress.close());

const worker = serviceIdentity('orchestrator-worker', null);

async function deliver(connection: ConnectionSecrets): Promise<string> {
  const response = await ingress.retell(connection);
  return response.headers.get('x-maxai-webhook-event')!;
}

const rowOf = async (connection: ConnectionSecrets) => (await ingress.rows(connection.id))[0]!;
const queuedAt = async (connection: ConnectionSecrets) =>
  until(async () => (await rowOf(connection)).queued_at);
const settle = (ids: string[]) =>
  ingress.api.call(contract.settleDeliveries, { identity: worker, body: { ids } });

describe('deliveries', () => {
  it('are listed newest first, page by page, by provider and by client', async () => {
    const connection = ingress.connect();
    const { tenantId } = connection;
    const identity = someone(tenantId, 'viewer');
    const first = await deliver(connection);
    ingress.clock.advance(1);
    const second = await deliver(connection);
    const list = (query: object) =>
      ingress.api.call(contract.listWebhookEvents, { identity, query });
    const page = await list({ limit: 1 });
    expect(page.items.map(({ id }) => id)).toEqual([second]);
    const rest = await list({ limit: 1, cursor: page.nextCursor! });
    expect(rest).toMatchObject({ items: [{ id: first }], nextCursor: null });
    expect((await list({ provider: 'retell' })).items).toHaveLength(2);
    expect((await list({ provider: 'stripe' })).items).toEqual([]);
    expect((await list({ clientId: connection.clientId })).items).toHaveLength(2);
    expect((await list({ clientId: newId('client') })).items).toEqual([]);
  });

  it('are shown with their payload within the tenant and the client only', async () => {
    const connection = ingress.connect();
    const { tenantId, clientId } = connection;
    const id = await deliver(connection);
    const get = (identity: ReturnType<typeof someone>) =>
      ingress.api.call(contract.getWebhookEvent, { identity, params: { webhookEventId: id } });
    expect(await get(someone(tenantId, 'viewer', clientId!))).toMatchObject({
      id,
      payload: { event: 'call_ended' },
    });
    for (const identity of [
      someone(mintTenantId(), 'owner'),
      someone(tenantId, 'owner', newId('client')),
    ]) {
      await expect(get(identity)).rejects.toMatchObject({ code: 'not_found', status: 404 });
      const { items } = await ingress.api.call(contract.listWebhookEvents, { identity });
      expect(items).toEqual([]);
    }
  });

  it('are handed to services by id, and settled by them; nobody else finds the operations', async () => {
    const connection = ingress.connect();
    const id = await deliver(connection);
    const body = { ids: [id, newId('webhookEvent')] };
    const { items } = await ingress.api.call(contract.fetchDeliveries, { identity: worker, body });
    expect(items).toMatchObject([{ id, tenantId: connection.tenantId, provider: 'retell' }]);
    const user = someone(connection.tenantId, 'owner');
    for (const operation of [contract.fetchDeliveries, contract.settleDeliveries]) {
      await expect(ingress.api.call(operation, { identity: user, body })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
    expect((await rowOf(connection)).settled_at).toBeNull();
    await settle([id]);
    const shown = await ingress.api.call(contract.getWebhookEvent, {
      identity: user,
      params: { webhookEventId: id },
    });
    expect(shown.settledAt).toBe(ingress.clock.now().toISOString());
    expect((await fetch(`${ingress.url}/api/webhook-events`)).status).toBe(401);
  });
});

describe('deliveries that arrive together', () => {
  it('share jobs, each delivery in one of them, under its own tenant and trace', async () => {
    const connections = Array.from({ length: 60 }, () => ingress.connect());
    const ids = await Promise.all(connections.map(deliver));
    const jobs = async () => {
      const found = await Promise.all(
        ids.map((id) => ingress.queue.producing.hget(`bull:webhook-processing:${id}`, 'data')),
      );
      return found.flatMap((data) => (data === null ? [] : [JSON.parse(data) as WebhookJob]));
    };
    const deliveries = async () =>
      (await jobs()).flatMap(({ companions = [], ...first }) => [first, ...companions]);
    await until(async () => (await deliveries()).length === ids.length);
    expect((await deliveries()).map(({ webhookEventId }) => webhookEventId).toSorted()).toEqual(
      ids.toSorted(),
    );
    expect((await jobs()).length).toBeLessThan(ids.length);
    for (const { context, webhookEventId } of await deliveries()) {
      const { tenantId, clientId } = connections[ids.indexOf(webhookEventId)]!;
      expect(context).toMatchObject({ tenantId, clientId });
    }
  });
});

describe('a replay', () => {
  it('queues the delivery again, with an audit row', async () => {
    const connection = ingress.connect();
    const id = await deliver(connection);
    await ingress.queued(id);
    await settle([id]);
    await ingress.queue.producing.del(`bull:webhook-processing:${id}`);
    const identity = someone(connection.tenantId, 'operator');
    const params = { webhookEventId: id };
    await ingress.api.call(contract.replayWebhookEvent, { identity, params });
    await ingress.queuedAlone(id);
    expect((await rowOf(connection)).settled_at).toBeNull();
    const { rows } = await ingress.owner.query(
      'select action, resource, actor_id, client_id from audit_event where tenant_id = $1',
      [connection.tenantId],
    );
    expect(rows).toEqual([
      {
        action: 'replay-delivery',
        resource: id,
        actor_id: identity.actor.id,
        client_id: connection.clientId,
      },
    ]);
  });

  it('is not for another tenant, another client, or those who may only look', async () => {
    const connection = ingress.connect();
    const { tenantId } = connection;
    const params = { webhookEventId: await deliver(connection) };
    for (const [identity, code] of [
      [someone(mintTenantId(), 'owner'), 'not_found'],
      [someone(tenantId, 'owner', newId('client')), 'forbidden'],
      [someone(tenantId, 'viewer'), 'forbidden'],
    ] as const) {
      await expect(
        ingress.api.call(contract.replayWebhookEvent, { identity, params }),
      ).rejects.toMatchObject({ code });
    }
    const { rowCount } = await ingress.owner.query('select from audit_event where tenant_id = $1', [
      tenantId,
    ]);
    expect(rowCount).toBe(0);
  });
});

describe('a delivery from before its progress was kept apart', () => {
  async function oldDelivery() {
    const connection = ingress.connect();
    const id = await deliver(connection);
    await ingress.queued(id);
    await ingress.owner.query('delete from delivery_progress where id = $1', [id]);
    await ingress.owner.query(
      'update delivery set queued_at = received_at, settled_at = received_at where id = $1',
      [id],
    );
    await ingress.queue.producing.del(`bull:webhook-processing:${id}`);
    return { connection, id };
  }

  it('still says when it was settled, and begins anew when it is replayed', async () => {
    const { connection, id } = await oldDelivery();
    const identity = someone(connection.tenantId, 'operator');
    const at = { identity, params: { webhookEventId: id } };
    const before = await ingress.api.call(contract.getWebhookEvent, at);
    expect(before.settledAt).toBe(before.receivedAt);
    await ingress.api.call(contract.replayWebhookEvent, at);
    await ingress.queuedAlone(id);
    expect((await ingress.api.call(contract.getWebhookEvent, at)).settledAt).toBeNull();
  });

  it('begins anew as well when the release before replays it', async () => {
    const { connection, id } = await oldDelivery();
    await ingress.owner.query('update delivery set settled_at = null where id = $1', [id]);
    expect(await rowOf(connection)).toMatchObject({ queued_at: null, settled_at: null });
    ingress.clock.advance(5_001);
    await ingress.queuedAlone(id);
  });
});

describe('the sweeper', () => {
  it('queues what was not settled within 5 s, again after 60 s, and never what was settled', async () => {
    const [stranded, settled] = [ingress.connect(), ingress.connect()];
    const ids = [await deliver(stranded), await deliver(settled)];
    for (const id of ids) await ingress.queued(id);
    const lose = async () => {
      for (const id of ids) await ingress.queue.producing.del(`bull:webhook-processing:${id}`);
    };
    expect((await rowOf(stranded)).queued_at).toBeNull();
    await settle([ids[1]!]);
    await lose();

    ingress.clock.advance(5_001);
    const first = await queuedAt(stranded);
    expect(first).toEqual(ingress.clock.now());
    await ingress.queuedAlone(ids[0]!);
    await lose();

    ingress.clock.advance(60_001);
    await until(async () => (await rowOf(stranded)).queued_at! > first);
    await ingress.queuedAlone(ids[0]!);
    expect(await ingress.queue.producing.exists(`bull:webhook-processing:${ids[1]}`)).toBe(0);
  });

  it('is not needed for what is settled in time, which counts as queued when it was received', async () => {
    const connection = ingress.connect();
    const id = await deliver(connection);
    await settle([id]);
    const row = await rowOf(connection);
    expect([row.queued_at, row.settled_at]).toEqual([ingress.clock.now(), ingress.clock.now()]);
  });
});
