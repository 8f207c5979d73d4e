import type { FlowDocument } from '@maxai/contracts/flows/flow-document';
import { createFlow, setFlowStatus } from '@maxai/contracts/http/orchestrator';
import type { Operation } from '@maxai/contracts/operation';
import { demoConnections } from '@maxai/ops/commands/demo/demo-accounts';
import type { LocalPlan } from '@maxai/ops/platform/local-plan';
import type { SandboxAccounts } from '@maxai/sandbox';
import { readHighLevelKeyPair } from '@maxai/sandbox/signing';
import { createLocalAgency, urlOf } from '../local-agency.ts';
import { makePaidInvoices } from './paid-invoices.ts';
import type { MixedProvider, MixOptions, WebhookTarget } from './provider-mix.ts';

/** An agency whose client uses every provider, with flows that are on. */
export type PreparedAgency = {
  readonly tenantId: string;
  readonly apiKey: string;
  /** What the load needs to post as its providers. */
  readonly mix: MixOptions;
};

export type AgencyOrder = {
  readonly plan: LocalPlan;
  readonly secrets: Readonly<Record<string, string>>;
  readonly publicUrl: string;
  /** Where the stand-in of Stripe is. */
  readonly stripeUrl: string;
  readonly invoices: number;
  readonly flows: Readonly<Record<string, FlowDocument>>;
};

const isMixed = (provider: string): provider is MixedProvider =>
  ['retell', 'twilio', 'highlevel', 'stripe'].includes(provider);

async function switchOn(
  gatewayUrl: string,
  {
    apiKey,
    clientId,
    flows,
  }: Pick<AgencyOrder, 'flows'> & { readonly apiKey: string; readonly clientId: string },
): Promise<void> {
  async function send(operation: Operation, path: string, body: object): Promise<{ id: string }> {
    const answer = await fetch(`${gatewayUrl}${path}`, {
      method: operation.method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${operation.id} answers ${answer.status}`);
    // Both operations answer the flow.
    return (await answer.json()) as { id: string };
  }
  for (const [name, document] of Object.entries(flows)) {
    const { id } = await send(createFlow, createFlow.path, { name, clientId, document });
    const path = setFlowStatus.path.replace('{flowId}', id);
    await send(setFlowStatus, path, { status: 'active' });
  }
}

/** Makes the agency on a platform of this machine, through the platform's own interfaces. */
export async function prepareAgency(order: AgencyOrder): Promise<PreparedAgency> {
  const { plan, secrets, publicUrl } = order;
  const agency = await createLocalAgency(plan, secrets);
  const answer = await fetch(`${urlOf(plan, 'sandbox')}/_control/accounts`);
  // The sandbox of this checkout answers its own type.
  const accounts = (await answer.json()) as SandboxAccounts;
  const wanted = demoConnections({
    accounts,
    highlevelKeys: readHighLevelKeyPair(String(secrets['sandbox-highlevel-signing-key'])),
    stripeWebhookSecret: accounts.stripe.webhookSecret,
  });
  const targets: Partial<Record<MixedProvider, WebhookTarget>> = {};
  for (const { signingSecret, name: _, ...connection } of wanted) {
    const { provider } = connection;
    const id = await agency.connect(connection);
    if (!isMixed(provider)) continue;
    targets[provider] = { path: `/webhooks/${provider}/${id}`, secret: String(signingSecret) };
  }
  await agency.close();
  const { tenantId, clientId, apiKey } = agency;
  await switchOn(urlOf(plan, 'api-gateway'), { apiKey, clientId, flows: order.flows });
  const invoiceIds = await makePaidInvoices({
    stripeUrl: order.stripeUrl,
    apiKey: accounts.stripe.apiKey,
    count: order.invoices,
  });
  return {
    tenantId,
    apiKey,
    // The demo's connections are of all providers, those of the mix among them.
    mix: { publicUrl, invoiceIds, targets: targets as Record<MixedProvider, WebhookTarget> },
  };
}
