import type { AnswerOf, OperationId } from '@maxai/api-client';
import { permissions } from '@maxai/kernel/access';
import { newId, type IdKind } from '@maxai/kernel/ids';

type Lists = {
  [K in OperationId]: AnswerOf<K> extends { items: readonly unknown[] } ? K : never;
}[OperationId];
type Row<K extends Lists> = AnswerOf<K> extends { items: readonly (infer T)[] } ? T : never;

const start = Date.now();
const id = <K extends IdKind>(kind: K, seed = 1) =>
  newId(kind, { nowMs: 1_790_000_000_000, random: (size) => new Uint8Array(size).fill(seed) });
const ago = (seconds: number) => new Date(start - seconds * 1000).toISOString();
const usd = (amount: string) => ({ currency: 'USD', amount });
const page = <T>(...items: T[]) => ({ items, nextCursor: null });

export const ids = {
  client: id('client'),
  event: id('event'),
  delivery: id('webhookEvent'),
  execution: id('execution'),
  effect: id('effect'),
  flow: id('flow'),
  prompt: id('prompt'),
  subscription: id('subscription'),
};
const inClient = { clientId: ids.client };
const correlationId = id('correlation');

const client: Row<'listClients'> = {
  id: ids.client,
  tenantId: id('tenant'),
  name: 'Bright Smiles Dental',
  timeZone: 'America/New_York',
  createdAt: ago(86_400 * 40),
};
const event: Row<'listEvents'> = {
  id: ids.event,
  ...inClient,
  type: 'call.ended',
  provider: 'retell',
  connectionId: id('connection'),
  webhookEventId: ids.delivery,
  externalId: 'call_7f3a91',
  occurredAt: ago(95),
  correlationId,
  subject: { name: 'Ada Lovelace', phone: '+15550100' },
  data: { durationSeconds: 73, transcript: 'Hello, I would like to book a cleaning.' },
};
const received: Row<'listEvents'> = {
  ...event,
  id: id('event', 2),
  type: 'message.received',
  provider: 'twilio',
  externalId: 'SM0002',
  subject: { phone: '+15550101' },
  occurredAt: ago(7200),
};
const unattributed: Row<'listEvents'> = {
  ...event,
  id: id('event', 3),
  clientId: null,
  type: 'contact.created',
  provider: 'highlevel',
  externalId: 'contact_9',
  subject: {},
  occurredAt: ago(86_400 * 2),
};
const execution: Row<'listExecutions'> = {
  id: ids.execution,
  ...inClient,
  flowId: ids.flow,
  flowName: 'Follow up after a call',
  flowVersion: 3,
  eventId: ids.event,
  eventType: 'call.ended',
  status: 'succeeded',
  correlationId,
  createdAt: ago(94),
  startedAt: ago(94),
  finishedAt: ago(91.6),
  failure: null,
};
export const failedExecution: Row<'listExecutions'> = {
  ...execution,
  id: id('execution', 2),
  status: 'failed',
  createdAt: ago(5000),
  failure: { step: 'book', reason: 'calendar answered 409: the slot is taken' },
};
export const runningExecution: Row<'listExecutions'> = {
  ...execution,
  id: id('execution', 3),
  status: 'running',
  finishedAt: null,
};
const effect: Row<'listEffects'> = {
  id: ids.effect,
  executionId: ids.execution,
  ...inClient,
  stepKey: 'notify',
  action: 'messaging.send',
  provider: 'twilio',
  connectionId: id('connection', 2),
  status: 'done',
  externalId: 'SM0b9e6c',
  cost: usd('0.0079'),
  request: { to: '+15550100', body: 'Thanks for calling, Ada! Your cleaning is booked.', tries: 1 },
  response: { status: 'queued', segments: 1 },
  createdAt: ago(92),
};
export const failedEffect: Row<'listEffects'> = {
  ...effect,
  id: id('effect', 2),
  stepKey: 'book',
  action: 'calendar.book',
  provider: 'google',
  status: 'failed',
  externalId: null,
  cost: null,
  response: null,
};
const step: AnswerOf<'getExecution'>['steps'][number] = {
  id: id('step'),
  key: 'summarise',
  action: 'llm.complete',
  status: 'succeeded',
  attempts: 1,
  input: { prompt: 'Summarise the call in one sentence.' },
  output: { text: 'Ada wants a cleaning on Friday.' },
  error: null,
  startedAt: ago(94),
  finishedAt: ago(93.1),
};
const steps: AnswerOf<'getExecution'>['steps'] = [
  step,
  {
    ...step,
    id: id('step', 2),
    key: 'book',
    action: 'calendar.book',
    status: 'failed',
    attempts: 3,
    output: null,
    error: 'calendar answered 409: the slot is taken',
  },
  { ...step, id: id('step', 3), key: 'tag', status: 'skipped', input: null, output: null },
  {
    ...step,
    id: id('step', 4),
    key: 'notify',
    action: 'messaging.send',
    status: 'running',
    output: null,
    finishedAt: null,
  },
];
const delivery: Row<'listWebhookEvents'> = {
  id: ids.delivery,
  ...inClient,
  connectionId: id('connection'),
  provider: 'retell',
  type: 'call_ended',
  dedupeKey: 'call_7f3a91:call_ended',
  correlationId,
  receivedAt: ago(96),
  queuedAt: ago(96),
  settledAt: ago(95),
  deliveries: 1,
};
const flow: Row<'listFlows'> = {
  id: ids.flow,
  ...inClient,
  name: 'Follow up after a call',
  status: 'active',
  version: 3,
  document: {
    version: 1,
    description: 'Thanks every caller by SMS.',
    trigger: { event: 'call.ended', filter: 'event.data.durationSeconds > 10' },
    steps: [
      {
        key: 'summarise',
        action: 'llm.complete',
        input: { prompt: '=event.data.transcript' },
      },
      {
        key: 'notify',
        action: 'messaging.send',
        when: 'event.subject.phone',
        input: { to: '=event.subject.phone', body: '=steps.summarise.output.text' },
      },
    ],
  },
  createdAt: ago(86_400 * 3),
};
export const draftFlow: Row<'listFlows'> = {
  ...flow,
  id: id('flow', 2),
  clientId: null,
  name: 'Greet new contacts',
  status: 'draft',
  document: {
    version: 1,
    trigger: { event: 'contact.created' as const },
    steps: flow.document.steps.slice(0, 1),
  },
};
const version = {
  id: id('promptVersion'),
  number: 2,
  template: 'You are the receptionist of {{businessName}}. Greet every caller warmly.',
  variablesSchema: {
    type: 'object',
    properties: { businessName: { type: 'string' } },
    required: ['businessName'],
  },
  createdAt: ago(4000),
};
const prompt: Row<'listPrompts'> = {
  id: ids.prompt,
  ...inClient,
  name: 'Receptionist',
  latest: version,
  productionVersion: 1,
  createdAt: ago(86_400),
};
const connection: Row<'listConnections'> = {
  id: id('connection'),
  ...inClient,
  provider: 'retell',
  name: 'Main line',
  webhookPath: `/webhooks/retell/${id('connection')}`,
  account: { agentId: 'agent_51' },
  createdAt: ago(86_400 * 9),
  disabledAt: null,
};
const member: Row<'listMembers'> = {
  id: id('member'),
  userId: id('user'),
  email: 'olivia@northstar.agency',
  name: 'Olivia Owner',
  role: 'owner',
  scope: { kind: 'tenant' as const },
};
const apiKey: Row<'listApiKeys'> = {
  id: id('apiKey'),
  name: 'Website',
  hint: 'mxk_4f2a',
  role: 'operator',
  createdAt: ago(86_400 * 6),
  expiresAt: null,
  revokedAt: null,
};
const usageLine: Row<'listUsageEvents'> = {
  id: id('usageEvent'),
  ...inClient,
  agentExternalId: 'agent_51',
  meter: 'voice.seconds',
  quantity: 73,
  cost: usd('0.085167'),
  provider: 'retell',
  externalId: 'call_7f3a91',
  eventId: ids.event,
  executionId: ids.execution,
  effectId: ids.effect,
  occurredAt: ago(95),
};
const dailyTotals = Array.from({ length: 24 }, (_, daysAgo) => ({
  ...inClient,
  meter: 'voice.seconds' as const,
  day: ago(86_400 * daysAgo).slice(0, 10),
  quantity: 1200 + ((daysAgo * 377) % 900),
  cost: usd((1.4 + ((daysAgo * 0.37) % 1.3)).toFixed(3)),
}));
const deadLetter: Row<'listDeadLetters'> = {
  id: id('deadLetter'),
  kind: 'execution',
  subjectId: failedExecution.id,
  reason: 'provider_failed: calendar answered 409 eight times',
  attempts: 8,
  createdAt: ago(4000),
  replayedAt: null,
};
const usageDeadLetter: Row<'listUsageDeadLetters'> = {
  id: id('deadLetter', 4),
  clientId: null,
  meter: 'voice.seconds',
  provider: 'retell',
  externalId: 'call_1',
  reason: 'a cost of 99999999999999.00 is out of range',
  createdAt: ago(4000),
  replayedAt: null,
};
const paymentDeadLetter: Row<'listPaymentDeadLetters'> = {
  id: id('deadLetter', 3),
  clientId: null,
  invoiceId: 'in_1',
  reason: 'invoice in_1 is open at Stripe, not paid',
  createdAt: ago(4000),
  replayedAt: null,
};
const subscription: Row<'listSubscriptions'> = {
  id: ids.subscription,
  ...inClient,
  planId: id('plan'),
  planName: 'Receptionist Pro',
  externalCustomerId: 'cus_Q1',
  startedAt: ago(86_400 * 20),
  endedAt: null,
};
const invoiceLine = {
  description: 'Receptionist Pro, base price',
  meter: null,
  quantity: 1,
  billable: 1,
  unitPrice: usd('199.00'),
  amount: usd('199.00'),
  vendorCost: usd('0.00'),
};

/** One believable answer per operation the apps call. */
export const fixtures: { [K in OperationId]?: AnswerOf<K> } = {
  getCurrentSession: {
    actor: { kind: 'user', id: id('user'), name: 'Olivia Owner', email: 'olivia@northstar.agency' },
    tenant: { id: id('tenant'), name: 'Northstar Agency' },
    grants: [{ scope: { kind: 'tenant' }, permissions: [...permissions] }],
    expiresAt: ago(-86_400),
  },
  listClients: page(client, { ...client, id: id('client', 2), name: 'Harbor Physio' }),
  createClient: client,
  getClient: client,
  listAgents: page({
    id: id('agent'),
    ...inClient,
    name: 'Mia',
    channel: 'voice',
    externalId: 'agent_51',
    createdAt: ago(86_400 * 9),
  }),
  listMembers: page(member, {
    ...member,
    id: id('member', 2),
    email: 'ben@brightsmiles.test',
    name: 'Ben Client',
    role: 'viewer',
    scope: { kind: 'client', ...inClient },
  }),
  addMember: member,
  listApiKeys: page(apiKey, {
    ...apiKey,
    id: id('apiKey', 2),
    name: 'Old site',
    revokedAt: ago(3000),
  }),
  createApiKey: { ...apiKey, id: id('apiKey', 3), secret: 'mxk_shown-only-once' },
  listConnections: page(connection, {
    ...connection,
    id: id('connection', 2),
    clientId: null,
    provider: 'twilio',
    name: 'SMS',
    webhookPath: `/webhooks/twilio/${id('connection', 2)}`,
    account: {},
    disabledAt: ago(300),
  }),
  listAuditEvents: page({
    id: id('audit'),
    action: 'client.create',
    actor: { kind: 'user', id: id('user') },
    resource: ids.client,
    ...inClient,
    correlationId,
    occurredAt: ago(600),
    detail: {},
    hash: 'ab'.repeat(32),
  }),
  listTenants: page({
    id: id('tenant'),
    name: 'Northstar Agency',
    createdAt: ago(86_400 * 50),
    clientCount: 2,
    memberCount: 5,
  }),
  listPrompts: page(prompt),
  createPrompt: prompt,
  getPrompt: {
    ...prompt,
    versions: [version, { ...version, id: id('promptVersion', 2), number: 1 }],
    publications: [
      {
        id: id('publication'),
        promptId: ids.prompt,
        version: 1,
        target: 'retell',
        externalId: 'llm_22',
        contentHash: 'cd'.repeat(32),
        publishedAt: ago(3000),
      },
    ],
  },
  renderPrompt: { version: 2, text: 'You are the receptionist of Bright Smiles.' },
  getWebhookEvent: { ...delivery, payload: { event: 'call_ended' } },
  listEvents: page(event, received, unattributed),
  getEvent: { ...event, executions: [execution] },
  listExecutions: page(execution, failedExecution, runningExecution),
  getExecution: { ...execution, steps, effects: [effect, failedEffect] },
  retryExecution: execution,
  cancelExecution: execution,
  listEffects: page(effect),
  getEffect: effect,
  listFlows: page(flow, draftFlow),
  getFlow: flow,
  setFlowStatus: { ...flow, status: 'archived' },
  listDeadLetters: page(deadLetter, {
    ...deadLetter,
    id: id('deadLetter', 2),
    kind: 'delivery',
    subjectId: ids.delivery,
    replayedAt: ago(60),
  }),
  replayDeadLetter: deadLetter,
  listUsageEvents: page(usageLine, {
    ...usageLine,
    id: id('usageEvent', 2),
    meter: 'llm.input_tokens',
    quantity: 1834,
    cost: usd('0.000275'),
    provider: 'openrouter',
    externalId: 'gen-81',
    effectId: null,
  }),
  getUsageSummary: { items: dailyTotals },
  listUsageDeadLetters: page(usageDeadLetter),
  replayUsageDeadLetter: usageDeadLetter,
  listSubscriptions: page(subscription, {
    ...subscription,
    id: id('subscription', 2),
    endedAt: ago(500),
  }),
  previewInvoice: {
    subscriptionId: ids.subscription,
    ...inClient,
    periodStart: '2026-11-01T00:00:00.000Z',
    periodEnd: '2026-12-01T00:00:00.000Z',
    lines: [
      invoiceLine,
      {
        ...invoiceLine,
        description: 'Voice seconds',
        meter: 'voice.seconds',
        quantity: 34_120,
        billable: 4120,
        unitPrice: usd('0.0025'),
        amount: usd('10.30'),
        vendorCost: usd('39.806667'),
      },
    ],
    total: usd('209.30'),
    vendorCost: usd('39.806667'),
    margin: usd('169.493333'),
  },
  listLedgerEntries: page({
    id: id('ledgerEntry'),
    ...inClient,
    description: 'Invoice paid',
    reference: 'in_1',
    occurredAt: ago(86_400 * 12),
    postings: [
      { account: 'stripe', amount: usd('209.30') },
      { account: 'revenue', amount: usd('-209.30') },
    ],
  }),
  getTrialBalance: {
    accounts: [
      { account: 'revenue', balance: usd('-1209.30') },
      { account: 'stripe', balance: usd('1209.30') },
    ],
    sum: usd('0.00'),
    sums: [usd('0.00')],
  },
  listPaymentDeadLetters: page(paymentDeadLetter),
  replayPaymentDeadLetter: paymentDeadLetter,
  getPlatformHealth: {
    items: [
      {
        service: 'iam',
        status: 'ok',
        dependencies: [
          { name: 'database', status: 'ok' },
          { name: 'cache', status: 'ok' },
        ],
      },
      {
        service: 'payments',
        status: 'failing',
        dependencies: [{ name: 'database', status: 'failing' }],
      },
    ],
  },
  listQueues: {
    items: [
      { name: 'webhook-processing', waiting: 4, active: 2, delayed: 0, failed: 0 },
      { name: 'flow-execution', waiting: 0, active: 1, delayed: 3, failed: 2 },
    ],
  },
};
