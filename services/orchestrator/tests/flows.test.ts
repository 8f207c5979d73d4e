import * as contract from '@maxai/contracts/http/orchestrator';
import { builtInRoles } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { tablesWithoutRowSecurity } from '@maxai/runtime/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identityOf, startPlatform, until, type Platform } from './support/platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

const document = {
  version: 1 as const,
  trigger: { event: 'call.ended' as const },
  steps: [
    {
      key: 'tell',
      action: 'messaging.send' as const,
      input: { to: '=event.subject.phone', body: 'Hi' },
    },
  ],
};

describe('a flow', () => {
  test('is created as a draft, activated and archived, each with its audit row [R139]', async () => {
    const { tenantId, clientId, operator: identity } = platform.mintTenant();
    const flow = await platform.api.call(contract.createFlow, {
      identity,
      body: { name: 'Thank the caller', clientId, document },
    });
    expect(flow).toMatchObject({ status: 'draft', version: 1, clientId, document });
    for (const status of ['active', 'archived'] as const) {
      const params = { flowId: flow.id };
      const changed = await platform.api.call(contract.setFlowStatus, {
        identity,
        params,
        body: { status },
      });
      expect(changed.status).toBe(status);
      const read = await platform.api.call(contract.getFlow, { identity, params });
      expect(read).toEqual(changed);
    }
    expect(await platform.auditOf(tenantId)).toEqual([
      { action: 'create-flow', resource: flow.id },
      { action: 'set-flow-status', resource: flow.id },
      { action: 'set-flow-status', resource: flow.id },
    ]);
  });

  test('is refused with every problem of its document', async () => {
    const { operator: identity } = platform.mintTenant();
    const steps = [{ ...document.steps[0], input: { to: '=steps.later.output', body: '=1 +' } }];
    const refusal = platform.api.call(contract.createFlow, {
      identity,
      body: { name: 'Broken', document: { ...document, steps } as typeof document },
    });
    await expect(refusal).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [
        { pointer: 'body/document/steps/0', detail: expect.stringContaining('"later"') },
        { pointer: 'body/document/steps/0', detail: expect.stringContaining('1 +') },
      ],
    });
  });

  test('of another tenant’s client cannot be made', async () => {
    const { operator: identity } = platform.mintTenant();
    const { clientId } = platform.mintTenant();
    const body = { name: 'Foreign', clientId, document };
    await expect(platform.api.call(contract.createFlow, { identity, body })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('that already has a status cannot get it again', async () => {
    const { operator: identity } = platform.mintTenant();
    const flow = await platform.api.call(contract.createFlow, {
      identity,
      body: { name: 'Once', document },
    });
    const activate = () =>
      platform.api.call(contract.setFlowStatus, {
        identity,
        params: { flowId: flow.id },
        body: { status: 'active' },
      });
    await activate();
    await expect(activate()).rejects.toMatchObject({ code: 'conflict' });
  });

  test('is invisible to other tenants and other clients, and cannot be written by a viewer', async () => {
    const { tenantId, clientId, operator: identity } = platform.mintTenant();
    const flow = await platform.api.call(contract.createFlow, {
      identity,
      body: { name: 'Mine', clientId, document },
    });
    const params = { flowId: flow.id };
    const body = { status: 'active' as const };
    const stranger = platform.mintTenant().operator;
    const neighbour = identityOf(tenantId, builtInRoles.operator, {
      kind: 'client',
      clientId: newId('client'),
    });
    for (const other of [stranger, neighbour]) {
      await expect(
        platform.api.call(contract.getFlow, { identity: other, params }),
      ).rejects.toMatchObject({ code: 'not_found' });
      await expect(
        platform.api.call(contract.setFlowStatus, { identity: other, params, body }),
      ).rejects.toMatchObject({ code: 'not_found' });
      const { items } = await platform.api.call(contract.listFlows, { identity: other });
      expect(items).toEqual([]);
    }
    const viewer = identityOf(tenantId, builtInRoles.viewer);
    await expect(
      platform.api.call(contract.setFlowStatus, { identity: viewer, params, body }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      platform.api.call(contract.setFlowStatus, {
        identity,
        params: { flowId: newId('flow') },
        body,
      }),
    ).rejects.toMatchObject({ code: 'not_found' });
    const reader = identityOf(tenantId, ['flow:read', 'flow:write'], {
      kind: 'client',
      clientId,
    });
    await expect(
      platform.api.call(contract.createFlow, {
        identity: reader,
        body: { name: 'Tenant-wide', document },
      }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('list is paged newest first and filtered by client', async () => {
    const tenant = platform.mintTenant();
    const { operator: identity, clientId } = tenant;
    const names = ['one', 'two', 'three'];
    for (const name of names) {
      const own = name === 'two' ? clientId : null;
      const body = { name, clientId: own, document };
      await platform.api.call(contract.createFlow, { identity, body });
    }
    const list = async (query: { cursor?: string; limit?: number; clientId?: string }) => {
      const page = await platform.api.call(contract.listFlows, { identity, query });
      return { names: page.items.map((flow) => flow.name), next: page.nextCursor };
    };
    const first = await list({ limit: 2 });
    expect(first.names).toEqual(['three', 'two']);
    expect(await list({ limit: 2, cursor: first.next ?? '' })).toEqual({
      names: ['one'],
      next: null,
    });
    expect(await list({ clientId })).toEqual({ names: ['two'], next: null });
  });
});

describe('the service', () => {
  test('answers 401 without a signed identity', async () => {
    const response = await fetch(`${platform.service.url}/api/flows`);
    expect(response.status).toBe(401);
  });

  test('refuses a body that is no flow', async () => {
    const { operator: identity } = platform.mintTenant();
    await expect(
      platform.api.call(contract.createFlow, { identity, body: { name: '' } as never }),
    ).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('is healthy on its database and queue', async () => {
    const response = await fetch(`${platform.service.url}/health`);
    expect(await response.json()).toMatchObject({
      status: 'ok',
      checks: { database: { status: 'ok' }, queue: { status: 'ok' } },
    });
    platform.service.beginDrain();
    expect((await fetch(`${platform.service.url}/health`)).status).toBe(503);
  });

  test('shows the depth of every queue to platform staff only', async () => {
    const staff = identityOf(null, builtInRoles.staff, { kind: 'platform' });
    await platform.deliveriesQueue.add([
      {
        id: 'whe_waiting',
        payload: {
          context: {
            tenantId: newId('tenant'),
            clientId: null,
            correlationId: 'cor',
            traceparent: '',
          },
          webhookEventId: newId('webhookEvent'),
        },
      },
    ]);
    // Redis may be slower than the service waits for it while the machine is busy.
    const { items } = await until(() =>
      platform.api.call(contract.listQueues, { identity: staff }).catch(() => undefined),
    );
    expect(items).toEqual([
      { name: 'webhook-processing', waiting: 1, active: 0, delayed: 0, failed: 0 },
      { name: 'flow-execution', waiting: 0, active: 0, delayed: 0, failed: 0 },
      { name: 'usage-aggregation', waiting: 0, active: 0, delayed: 0, failed: 0 },
      { name: 'payment-events', waiting: 0, active: 0, delayed: 0, failed: 0 },
    ]);
    const { operator: identity } = platform.mintTenant();
    await expect(platform.api.call(contract.listQueues, { identity })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('keeps every table behind row-level security', async () => {
    expect(await tablesWithoutRowSecurity(platform.database.ownerUrl)).toEqual([]);
  });
});
