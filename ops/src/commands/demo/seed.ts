import { createApiClient, type ApiClient } from '@maxai/api-client';
import { createTenant } from '@maxai/contracts/http/iam';
import { serviceIdentity } from '@maxai/kernel/access';
import { createServiceClient } from '@maxai/runtime/http';
import { createIdentitySigner } from '@maxai/runtime/identity';
import type { SandboxAccounts } from '@maxai/sandbox';
import { readHighLevelKeyPair } from '@maxai/sandbox/signing';
import { randomBytes } from 'node:crypto';
import type { SeedInput } from '../../platform/seed.ts';
import { isHealthy } from '../../supervisor/probe.ts';
import { demoAgency, demoConnections, type ConnectionToMake } from './demo-accounts.ts';
import { demoFlows, demoPlan, demoPrompt } from './demo-flows.ts';
import {
  readDemoState,
  readDemoTenant,
  writeDemoState,
  writeDemoTenant,
  type DemoConnection,
  type DemoTenant,
} from './demo-state.ts';

const operator = 'maxai-ops';
const query = { limit: 200 };

function loopbackUrl({ plan }: SeedInput, name: string): string {
  return `http://127.0.0.1:${plan.processes.find((spec) => spec.name === name)?.port}`;
}

/** The agency with its owner and first API key, which only iam's own interface for operators can make. */
async function createDemoTenant(input: SeedInput): Promise<DemoTenant> {
  const signer = await createIdentitySigner({
    caller: operator,
    privateJwk: String(input.secrets[`identity-${operator}`]),
  });
  const iam = createServiceClient({ target: 'iam', baseUrl: loopbackUrl(input, 'iam'), signer });
  try {
    const { tenant, apiKey } = await iam.call(createTenant, {
      identity: serviceIdentity(operator, null),
      body: {
        name: demoAgency.name,
        ownerEmail: demoAgency.ownerEmail,
        staffEmails: [demoAgency.staffEmail],
        apiKeyName: 'Demo',
      },
    });
    const stripeWebhookSecret = `whsec_${randomBytes(24).toString('base64url')}`;
    return { tenantId: tenant.id, apiKey: apiKey.secret, stripeWebhookSecret };
  } finally {
    await iam.close();
  }
}

async function seedClient(api: ApiClient): Promise<string> {
  const { clientName: name, timeZone, viewerEmail, voiceAgentId } = demoAgency;
  const clients = await api.call('listClients', { query });
  const known = clients.items.find((item) => item.name === name);
  const client = known ?? (await api.call('createClient', { body: { name, timeZone } }));
  const clientId = client.id;
  const members = await api.call('listMembers', { query });
  if (!members.items.some((member) => member.email === viewerEmail)) {
    await api.call('addMember', { body: { email: viewerEmail, role: 'viewer' } });
  }
  const agents = await api.call('listAgents', { query });
  for (const agent of [
    { name: 'Mia on the phone', channel: 'voice' as const, externalId: voiceAgentId },
    { name: 'Mia by text', channel: 'text' as const, externalId: null },
  ]) {
    if (agents.items.some((item) => item.name === agent.name)) continue;
    await api.call('createAgent', { body: { ...agent, clientId } });
  }
  return clientId;
}

async function seedConnections(
  api: ApiClient,
  clientId: string,
  wanted: readonly ConnectionToMake[],
): Promise<DemoConnection[]> {
  const { items } = await api.call('listConnections', { query });
  const made: DemoConnection[] = [];
  for (const { signingSecret, ...body } of wanted) {
    const { provider } = body;
    const known = items.find((item) => item.provider === provider);
    const { id } = known ?? (await api.call('createConnection', { body: { ...body, clientId } }));
    made.push({ provider, id, signingSecret });
  }
  return made;
}

async function seedFlows(api: ApiClient, clientId: string): Promise<void> {
  const { items } = await api.call('listFlows', { query });
  for (const [name, document] of Object.entries(demoFlows)) {
    const known = items.find((item) => item.name === name);
    const flow = known ?? (await api.call('createFlow', { body: { name, clientId, document } }));
    if (flow.status === 'active') continue;
    await api.call('setFlowStatus', { params: { flowId: flow.id }, body: { status: 'active' } });
  }
  const prompts = await api.call('listPrompts', { query });
  if (prompts.items.some((item) => item.name === demoPrompt.name)) return;
  await api.call('createPrompt', { body: { ...demoPrompt, clientId } });
}

async function seedSubscription(api: ApiClient, clientId: string): Promise<string> {
  const plans = await api.call('listPlans', { query });
  const known = plans.items.find((item) => item.name === demoPlan.name);
  const plan = known ?? (await api.call('createPlan', { body: demoPlan }));
  const subscriptions = await api.call('listSubscriptions', { query });
  const standing = subscriptions.items.find((item) => item.clientId === clientId);
  const subscription =
    standing ??
    (await api.call('createSubscription', {
      body: { clientId, planId: plan.id, externalCustomerId: demoAgency.stripeCustomerId },
    }));
  return subscription.id;
}

/**
 * Makes the demo agency through the platform's own interfaces, unless it is there already. What a seed
 * that died had made is found again by its name. Without the edge (`--only`) there is nothing to seed.
 */
export async function seedDemo(input: SeedInput): Promise<void> {
  const { state, secrets } = input;
  if (readDemoState(state) !== undefined) return;
  const edge = input.plan.processes.find(({ name }) => name === 'edge');
  if (edge === undefined || !(await isHealthy(edge))) return;

  const tenant = readDemoTenant(state) ?? (await createDemoTenant(input));
  writeDemoTenant(state, tenant);
  const answer = await fetch(`${loopbackUrl(input, 'sandbox')}/_control/accounts`);
  // The sandbox of this checkout answers its own type.
  const accounts = (await answer.json()) as SandboxAccounts;
  const api = createApiClient({
    baseUrl: input.url,
    headers: { authorization: `Bearer ${tenant.apiKey}` },
  });
  const clientId = await seedClient(api);
  const wanted = demoConnections({
    accounts,
    highlevelKeys: readHighLevelKeyPair(String(secrets['sandbox-highlevel-signing-key'])),
    stripeWebhookSecret: tenant.stripeWebhookSecret,
  });
  const connections = await seedConnections(api, clientId, wanted);
  await seedFlows(api, clientId);
  const subscriptionId = await seedSubscription(api, clientId);
  writeDemoState(state, { ...tenant, clientId, subscriptionId, connections });
}
