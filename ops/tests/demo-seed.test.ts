import { refuse, startFixtureApi, type FixtureApi } from '@maxai/api-client/testing';
import { createTenant } from '@maxai/contracts/http/iam';
import { newId } from '@maxai/kernel/ids';
import { createIdentityVerifier, identityHeader } from '@maxai/runtime/identity';
import { createSandbox, type Sandbox } from '@maxai/sandbox';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeCredentials, formatCredentials } from '../src/commands/demo/credentials.ts';
import { demoFlows, demoPlan } from '../src/commands/demo/demo-flows.ts';
import { readDemoState, requireDemoState } from '../src/commands/demo/demo-state.ts';
import { runningDemo } from '../src/commands/demo/running-demo.ts';
import { seedDemo } from '../src/commands/demo/seed.ts';
import type { LocalProcess } from '../src/platform/local-plan.ts';
import type { SeedInput } from '../src/platform/seed.ts';
import { processRef } from '../src/supervisor/process-table.ts';
import { openStateFolder } from '../src/supervisor/state-folder.ts';

const caller = 'maxai-ops';
const lists = [
  'listClients',
  'listMembers',
  'listAgents',
  'listConnections',
  'listFlows',
  'listPrompts',
  'listPlans',
  'listSubscriptions',
] as const;
const empty = { items: [], nextCursor: null };

const createdAt = '2026-01-05T10:00:00.000Z';
const clientId = newId('client');
const plan = { id: newId('plan'), ...demoPlan, createdAt };
const answers = {
  client: {
    id: clientId,
    tenantId: newId('tenant'),
    name: 'Bright Smiles Dental',
    timeZone: 'America/New_York',
    createdAt,
  },
  member: {
    id: newId('member'),
    userId: newId('user'),
    email: 'viewer@harbor.example',
    name: '',
    role: 'viewer',
    scope: { kind: 'tenant' as const },
  },
  agent: {
    id: newId('agent'),
    clientId,
    name: 'Mia',
    channel: 'voice' as const,
    externalId: null,
    createdAt,
  },
  connection: {
    id: newId('connection'),
    clientId,
    provider: 'retell' as const,
    name: 'A connection',
    webhookPath: '/webhooks/retell/con',
    account: {},
    createdAt,
    disabledAt: null,
  },
  flow: {
    id: newId('flow'),
    clientId,
    name: 'A flow',
    status: 'active' as const,
    version: 1,
    document: demoFlows['After a call'],
    createdAt,
  },
  prompt: {
    id: newId('prompt'),
    clientId,
    name: 'Receptionist',
    productionVersion: null,
    createdAt,
    latest: {
      id: newId('promptVersion'),
      number: 1,
      template: 'Hello',
      createdAt,
      variablesSchema: {},
    },
  },
  plan,
  subscription: {
    id: newId('subscription'),
    clientId,
    planId: plan.id,
    planName: plan.name,
    externalCustomerId: null,
    startedAt: createdAt,
    endedAt: null,
  },
};

let api: FixtureApi;
let sandbox: Sandbox;
let iam: Server;
let input: SeedInput;
let tenants: { caller: string; body: unknown }[];

function jwk(): string {
  return JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }));
}
const portOf = (url: string) => Number(new URL(url).port);
const madeBy = (id: string) => api.seen.filter((request) => request.id === id);

/** iam's operation for operators, as its contract states it, for callers whose signature it can verify. */
async function startIam(privateJwk: string): Promise<Server> {
  const { d: _, ...publicJwk } = JSON.parse(privateJwk) as Record<string, string>;
  const publicJwks = JSON.stringify({ keys: [{ ...publicJwk, kid: caller, alg: 'EdDSA' }] });
  const verifier = createIdentityVerifier({ service: 'iam', publicJwks });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const verified = await verifier.verify(String(request.headers[identityHeader]));
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body: unknown = JSON.parse(text);
    if (!Value.Check(createTenant.body, body)) throw new Error('not what createTenant takes');
    tenants.push({ caller: verified.caller, body });
    response.writeHead(201, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        tenant: { id: newId('tenant'), name: body.name, createdAt: new Date().toISOString() },
        apiKey: { id: newId('apiKey'), secret: `mxk_${tenants.length}` },
      }),
    );
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

beforeEach(async () => {
  tenants = [];
  const privateJwk = jwk();
  [api, sandbox, iam] = await Promise.all([
    startFixtureApi(),
    createSandbox(),
    startIam(privateJwk),
  ]);
  for (const id of lists) api.answer(id as 'listClients', empty);
  api.answer('createClient', answers.client);
  api.answer('addMember', answers.member);
  api.answer('createAgent', answers.agent);
  api.answer('createConnection', answers.connection);
  api.answer('createFlow', answers.flow);
  api.answer('setFlowStatus', answers.flow);
  api.answer('createPrompt', answers.prompt);
  api.answer('createPlan', answers.plan);
  api.answer('createSubscription', answers.subscription);
  const spec = (name: string, port: number): LocalProcess => ({
    name,
    kind: 'service',
    entry: '',
    port,
    env: {},
    dependsOn: [],
    healthUrl: `${sandbox.url}/health`,
  });
  input = {
    url: api.url,
    state: openStateFolder(mkdtempSync(join(tmpdir(), 'maxai-demo-'))),
    secrets: { [`identity-${caller}`]: privateJwk, 'sandbox-highlevel-signing-key': jwk() },
    plan: {
      postgres: { port: 0, database: '', adminPasswordSecret: '', schemas: [] },
      redis: [],
      migrations: [],
      processes: [
        spec('edge', portOf(api.url)),
        spec('sandbox', portOf(sandbox.url)),
        // A listening TCP server has an AddressInfo.
        spec('iam', (iam.address() as AddressInfo).port),
      ],
    },
  };
});
afterEach(async () => {
  iam.closeAllConnections();
  iam.close();
  await Promise.all([api.close(), sandbox.close()]);
});

describe('the seed', () => {
  it('makes the agency through the platform’s own interfaces', async () => {
    await seedDemo(input);
    expect(tenants).toMatchObject([{ caller, body: { ownerEmail: 'owner@harbor.example' } }]);
    const connections = madeBy('createConnection').map(({ body }) => body);
    expect(connections.map((body) => (body as { provider: string }).provider)).toEqual([
      'retell',
      'twilio',
      'highlevel',
      'google',
      'openrouter',
      'stripe',
    ]);
    expect(madeBy('addMember')).toMatchObject([{ body: { role: 'viewer' } }]);
    expect(madeBy('createAgent')).toHaveLength(2);
    expect(madeBy('createFlow')).toHaveLength(4);
    expect(madeBy('createPrompt')).toHaveLength(1);
    expect(madeBy('createPlan')).toHaveLength(1);
    expect(madeBy('createSubscription')).toMatchObject([
      { body: { externalCustomerId: 'cus_SandboxHarbor1' } },
    ]);
  });

  it('activates what is a draft', async () => {
    api.answer('createFlow', { ...answers.flow, status: 'draft' });
    await seedDemo(input);
    expect(madeBy('setFlowStatus')).toHaveLength(4);
  });

  it('keeps its result where only the owner reads it, and does nothing the second time', async () => {
    await seedDemo(input);
    expect(statSync(input.state.file('demo.json')).mode & 0o777).toBe(0o600);
    expect(statSync(input.state.file('demo-tenant.json')).mode & 0o777).toBe(0o600);
    const before = api.seen.length;
    await seedDemo(input);
    expect(api.seen).toHaveLength(before);
    expect(tenants).toHaveLength(1);
  });

  it('goes on where it died, with the same tenant and what is there already', async () => {
    api.answer('createSubscription', refuse(503));
    await expect(seedDemo(input)).rejects.toThrow('Refused');
    expect(readDemoState(input.state)).toBeUndefined();

    const page = <T>(items: T[]) => ({ items, nextCursor: null });
    const bodies = (id: string) => madeBy(id).map(({ body }) => body as object);
    api.answer('listClients', page([answers.client]));
    api.answer('listMembers', page([answers.member]));
    const made = {
      agents: bodies('createAgent').map((body) => ({ ...answers.agent, ...body })),
      connections: madeBy('createConnection').map(({ body }) => ({
        ...answers.connection,
        // The contract of createConnection has just been checked.
        provider: (body as { provider: 'retell' }).provider,
      })),
      flows: bodies('createFlow').map((body) => ({ ...answers.flow, ...body })),
    };
    api.answer('listAgents', page(made.agents));
    api.answer('listConnections', page(made.connections));
    api.answer('listFlows', page(made.flows));
    api.answer('listPrompts', page([answers.prompt]));
    api.answer('listPlans', page([answers.plan]));
    api.answer('listSubscriptions', page([answers.subscription]));
    const madeBefore = api.seen.filter(({ id }) => /^(create|add)/.test(id)).length;
    await seedDemo(input);
    expect(api.seen.filter(({ id }) => /^(create|add)/.test(id))).toHaveLength(madeBefore);
    expect(tenants).toHaveLength(1);
    expect(requireDemoState(input.state).apiKey).toBe('mxk_1');
  });

  it('has nothing to do on a platform without an edge', async () => {
    const [edge, ...others] = input.plan.processes;
    await seedDemo({ ...input, plan: { ...input.plan, processes: others } });
    const silent = { ...edge!, healthUrl: 'http://127.0.0.1:1/health' };
    await seedDemo({ ...input, plan: { ...input.plan, processes: [silent, ...others] } });
    expect(tenants).toEqual([]);
  });
});

describe('credentials', () => {
  it('let a caller sign as each provider and sign in as each person', async () => {
    await seedDemo(input);
    const demo = requireDemoState(input.state);
    const credentials = describeCredentials(demo, 'http://localhost:9');
    const stripe = credentials.connections.find(({ provider }) => provider === 'stripe');
    expect(stripe?.webhookUrl).toBe(`http://localhost:9/webhooks/stripe/${stripe?.id}`);
    expect(stripe?.signingSecret).toMatch(/^whsec_.{32}$/);
    expect(credentials.logins.map(({ role }) => role)).toEqual(['owner', 'viewer', 'staff']);
    const text = formatCredentials(credentials);
    expect(text).toContain(demo.apiKey);
    expect(text).toContain(String(stripe?.webhookUrl));
    expect(text).toMatch(/staff@maxai\.example +staff +http:\/\/localhost:9\/admin/);
    expect(text).not.toContain('/webhooks/google/');
  });
});

describe('the running demo', () => {
  const record = {
    ...processRef(process.pid),
    state: 'ready' as const,
    url: 'http://localhost:9',
    children: [
      {
        ...processRef(process.pid),
        name: 'sandbox',
        port: 7,
        logFile: '',
        stopSignal: 'SIGTERM' as const,
        state: 'running' as const,
        restarts: 0,
      },
    ],
  };

  it('is found by the state folder', async () => {
    await seedDemo(input);
    input.state.writeSupervisor(record);
    expect(runningDemo(input.state)).toMatchObject({
      url: 'http://localhost:9',
      sandboxUrl: 'http://127.0.0.1:7',
      demo: { apiKey: 'mxk_1' },
    });
  });

  it('says how to start what does not run, and what was not seeded', () => {
    expect(() => runningDemo(input.state)).toThrow('npm start in another terminal');
    input.state.writeSupervisor({ ...record, state: 'starting' });
    expect(() => runningDemo(input.state)).toThrow('MaxAI is not running');
    input.state.writeSupervisor(record);
    expect(() => runningDemo(input.state)).toThrow('There is no demo agency');
  });
});
