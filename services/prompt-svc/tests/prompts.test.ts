import { getClient, getConnectionSecrets, type ConnectionSecrets } from '@maxai/contracts/http/iam';
import * as contract from '@maxai/contracts/http/prompt-svc';
import type { Identity } from '@maxai/kernel/access';
import { AppError, notFound } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { tablesWithoutRowSecurity } from '@maxai/runtime/database';
import { implement, type ServiceClient } from '@maxai/runtime/http';
import {
  createTestDatabase,
  mintCallers,
  mintTenantId,
  processSettingsForTest,
  quietLogger,
  someone,
  startNeighbour,
} from '@maxai/runtime/testing';
import { createSandbox, type Sandbox } from '@maxai/sandbox';
import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPromptSvc } from '../src/index.ts';

const body = { name: 'Receptionist', template: 'You answer the phone of {{business}}.' };
const variables = { business: 'Bright Smiles Dental' };

let api: ServiceClient;
let owner: pg.Client;
let ownerUrl: string;
let url: string;
let sandbox: Sandbox;
const connections = new Map<string, ConnectionSecrets>();
const closers: (() => Promise<unknown>)[] = [];
const clients = new Map<string, string>();

function mintClient(tenantId: string): string {
  const id = newId('client');
  clients.set(id, tenantId);
  return id;
}

beforeAll(async () => {
  const database = await createTestDatabase('prompt');
  sandbox = await createSandbox();
  const callers = await mintCallers('api-gateway', 'prompt-svc');
  const iam = await startNeighbour('iam', callers, (app) => {
    implement(app, getClient, ({ identity, params }) => {
      const tenantId = clients.get(params.clientId);
      if (tenantId === undefined || tenantId !== identity.tenantId) throw notFound();
      const createdAt = '2026-11-01T00:00:00.000Z';
      return Promise.resolve({
        id: params.clientId,
        tenantId,
        name: 'Bright Smiles Dental',
        timeZone: 'UTC',
        createdAt,
      });
    });
    implement(app, getConnectionSecrets, ({ params }) => {
      const found = connections.get(params.connectionId);
      if (!found) throw new AppError('unknown_connection');
      return Promise.resolve(found);
    });
  });
  const service = await createPromptSvc(
    {
      ...processSettingsForTest,
      databaseUrl: database.appUrl,
      databasePoolMax: 4,
      iamUrl: iam.url,
      identityPrivateJwk: callers.privateJwk('prompt-svc'),
      identityPublicJwks: callers.publicJwks,
      retellBaseUrl: `${sandbox.url}/retell`,
    },
    { logger: quietLogger },
  );
  ({ url } = service);
  api = await callers.client('api-gateway', 'prompt-svc', url);
  ({ ownerUrl } = database);
  owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  closers.push(
    () => api.close(),
    () => service.close(),
    () => iam.close(),
    () => sandbox.close(),
    () => owner.end(),
    () => database.drop(),
  );
});

afterAll(async () => {
  for (const close of closers) await close();
});

function connect(
  tenantId: string,
  clientId: string | null,
  apiKey = sandbox.accounts.retell.apiKey,
): string {
  const id = newId('connection');
  const credentials: Record<string, string> = { apiKey };
  connections.set(id, {
    id,
    tenantId,
    clientId,
    provider: 'retell',
    account: {},
    credentials,
    webhookSecrets: [],
  });
  return id;
}

async function auditActions(tenantId: string): Promise<string[]> {
  const { rows } = await owner.query<{ action: string }>(
    'select action from audit_event where tenant_id = $1 order by sequence',
    [tenantId],
  );
  return rows.map(({ action }) => action);
}

const create = (identity: Identity, extra: object = {}) =>
  api.call(contract.createPrompt, { identity, body: { ...body, ...extra } });

describe('prompts', () => {
  it('are created with version 1, a schema of their variables, and an audit row [R138]', async () => {
    const tenantId = mintTenantId();
    const prompt = await create(someone(tenantId, 'operator'));
    expect(prompt).toMatchObject({
      name: 'Receptionist',
      clientId: null,
      productionVersion: null,
      latest: { number: 1 },
    });
    expect(prompt.latest.variablesSchema).toMatchObject({ required: ['business'] });
    expect(await auditActions(tenantId)).toEqual(['create-prompt']);
  });

  it('are not created for someone without an identity', async () => {
    const response = await fetch(`${url}/api/prompts`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(401);
  });

  it('are refused without a name, without the permission, and with a schema that lacks a variable', async () => {
    const tenantId = mintTenantId();
    await expect(create(someone(tenantId, 'operator'), { name: '' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(create(someone(tenantId, 'viewer'))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      create(someone(tenantId, 'operator', newId('client')), { clientId: newId('client') }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    const variablesSchema = { type: 'object', properties: {} };
    await expect(create(someone(tenantId, 'operator'), { variablesSchema })).rejects.toMatchObject({
      detail: 'variablesSchema lacks business',
    });
    expect(await auditActions(tenantId)).toEqual([]);
  });

  it('of another tenant’s client, or of one that is missing, are not created', async () => {
    const tenantId = mintTenantId();
    for (const clientId of [mintClient(mintTenantId()), newId('client')]) {
      await expect(create(someone(tenantId, 'operator'), { clientId })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
    expect(await auditActions(tenantId)).toEqual([]);
  });

  it('are listed newest first, page by page, of the clients a person may see', async () => {
    const tenantId = mintTenantId();
    const clientId = mintClient(tenantId);
    const identity = someone(tenantId, 'operator');
    const first = await create(identity, { clientId });
    const second = await create(identity);
    const page = await api.call(contract.listPrompts, { identity, query: { limit: 1 } });
    expect(page.items).toEqual([second]);
    const rest = await api.call(contract.listPrompts, {
      identity,
      query: { cursor: page.nextCursor! },
    });
    expect(rest).toEqual({ items: [first], nextCursor: null });
    const narrow = await api.call(contract.listPrompts, {
      identity: someone(tenantId, 'viewer', clientId),
    });
    expect(narrow.items).toEqual([first]);
  });

  it('gain versions and keep every earlier one', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'operator');
    const { id: promptId } = await create(identity);
    const added = await Promise.all(
      ['Second {{business}}', 'Third'].map((template) =>
        api.call(contract.addPromptVersion, { identity, params: { promptId }, body: { template } }),
      ),
    );
    expect(new Set(added.map(({ number }) => number))).toEqual(new Set([2, 3]));
    const loaded = await api.call(contract.getPrompt, { identity, params: { promptId } });
    expect(loaded.versions.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(loaded.versions.at(-1)?.template).toBe(body.template);
    expect(await auditActions(tenantId)).toEqual([
      'create-prompt',
      'add-prompt-version',
      'add-prompt-version',
    ]);
  });

  it('render any version, and name what is missing', async () => {
    const identity = someone(mintTenantId(), 'operator');
    const { id: promptId } = await create(identity);
    const params = { promptId };
    await api.call(contract.addPromptVersion, { identity, params, body: { template: 'Second' } });
    const render = (input: { version?: number; variables: Record<string, unknown> }) =>
      api.call(contract.renderPrompt, { identity, params, body: input });
    expect(await render({ version: 1, variables })).toEqual({
      version: 1,
      text: 'You answer the phone of Bright Smiles Dental.',
    });
    expect(await render({ variables: {} })).toEqual({ version: 2, text: 'Second' });
    await expect(render({ version: 1, variables: {} })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(render({ version: 9, variables })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('of another tenant, missing, or out of scope are the same 404', async () => {
    const tenantId = mintTenantId();
    const { id } = await create(someone(tenantId, 'operator'));
    const asked: [Identity, string][] = [
      [someone(mintTenantId(), 'owner'), id],
      [someone(tenantId, 'owner'), newId('prompt')],
      [someone(tenantId, 'viewer', newId('client')), id],
    ];
    for (const [identity, promptId] of asked) {
      await expect(
        api.call(contract.getPrompt, { identity, params: { promptId } }),
      ).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});

describe('publishing', () => {
  it('makes the text live at Retell, moves the label, and updates the same prompt there next time [R138,R147]', async () => {
    const tenantId = mintTenantId();
    const clientId = mintClient(tenantId);
    const identity = someone(tenantId, 'operator');
    const { id: promptId } = await create(identity, { clientId });
    const connectionId = connect(tenantId, clientId);
    const publish = () =>
      api.call(contract.publishPrompt, {
        identity,
        params: { promptId },
        body: { connectionId, variables },
      });
    const first = await publish();
    const live = await fetch(`${sandbox.url}/retell/get-retell-llm/${first.externalId}`, {
      headers: { authorization: `Bearer ${sandbox.accounts.retell.apiKey}` },
    });
    const { general_prompt: text } = (await live.json()) as { general_prompt: string };
    expect(text).toBe('You answer the phone of Bright Smiles Dental.');
    expect(first.contentHash).toBe(createHash('sha256').update(text).digest('hex'));
    const second = await publish();
    expect(second.externalId).toBe(first.externalId);
    const loaded = await api.call(contract.getPrompt, { identity, params: { promptId } });
    expect(loaded.productionVersion).toBe(1);
    expect(loaded.publications).toEqual([second, first]);
    expect(await auditActions(tenantId)).toEqual([
      'create-prompt',
      'publish-prompt',
      'publish-prompt',
    ]);
  });

  it('changes nothing when Retell refuses', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'operator');
    const { id: promptId } = await create(identity);
    const connectionId = connect(tenantId, null, 'key_wrong');
    await expect(
      api.call(contract.publishPrompt, {
        identity,
        params: { promptId },
        body: { connectionId, variables },
      }),
    ).rejects.toMatchObject({ code: 'provider_failed' });
    expect(await api.call(contract.getPrompt, { identity, params: { promptId } })).toMatchObject({
      productionVersion: null,
      publications: [],
    });
    expect(await auditActions(tenantId)).toEqual(['create-prompt']);
  });

  it('uses only a connection of the prompt’s own client or of its whole tenant', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'operator');
    const { id: promptId } = await create(identity, { clientId: mintClient(tenantId) });
    const forbidden = [
      connect(mintTenantId(), null),
      connect(tenantId, newId('client')),
      newId('connection'),
    ];
    for (const connectionId of forbidden) {
      await expect(
        api.call(contract.publishPrompt, {
          identity,
          params: { promptId },
          body: { connectionId, variables },
        }),
      ).rejects.toMatchObject({ code: 'unknown_connection' });
    }
  });

  it('is a connection fault, not ours, when the connection is of another provider', async () => {
    const tenantId = mintTenantId();
    const identity = someone(tenantId, 'operator');
    const { id: promptId } = await create(identity);
    const connectionId = connect(tenantId, null);
    connections.set(connectionId, { ...connections.get(connectionId)!, provider: 'twilio' });
    await expect(
      api.call(contract.publishPrompt, {
        identity,
        params: { promptId },
        body: { connectionId, variables },
      }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('takes the permission to publish', async () => {
    const tenantId = mintTenantId();
    const { id: promptId } = await create(someone(tenantId, 'operator'));
    await expect(
      api.call(contract.publishPrompt, {
        identity: someone(tenantId, 'viewer'),
        params: { promptId },
        body: { connectionId: connect(tenantId, null), variables },
      }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('the service', () => {
  it('has row-level security on every table', async () => {
    expect(await tablesWithoutRowSecurity(ownerUrl)).toEqual([]);
  });

  it('is healthy on its database', async () => {
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
  });
});
