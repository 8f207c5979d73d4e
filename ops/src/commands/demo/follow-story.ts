import type { AnswerOf, ApiClient } from '@maxai/api-client';
import type { DemoState } from './demo-state.ts';
import { awaitHop, MissingHop, type Hop } from './hop.ts';
import { actionsOf, type Story } from './stories.ts';
import {
  countMessagesTo,
  deliverWebhook,
  sendAgain,
  type Acknowledgement,
  type Delivered,
} from './webhook-delivery.ts';

export type StoryContext = {
  readonly api: ApiClient;
  readonly demo: DemoState;
  readonly url: string;
  readonly sandboxUrl: string;
  /** How long one hop may take. */
  readonly limitMs: number;
  readonly tell: (hop: Hop) => void;
};

type Event = AnswerOf<'getEvent'>;
type Execution = AnswerOf<'getExecution'>;
type UsageLine = AnswerOf<'listUsageEvents'>['items'][number];

/** What an event left behind; a second delivery of it may not add to it. */
type Trace = {
  readonly event: Event;
  readonly execution: Execution | undefined;
  readonly usage: readonly UsageLine[];
};

function checkAcknowledged(story: Story, hop: string, ack: Acknowledgement): string {
  if (ack.status !== 200) throw new MissingHop(story.name, hop, `answered ${ack.status}`);
  if (ack.webhookEventId === undefined) throw new MissingHop(story.name, hop, 'no id answered');
  return ack.webhookEventId;
}

/** The webhook posted by its provider: verified, stored and acknowledged. */
async function post(ctx: StoryContext, story: Story): Promise<[string, Delivered]> {
  const hop = 'delivery stored';
  const connection = ctx.demo.connections.find(({ provider }) => provider === story.provider);
  if (connection === undefined) {
    throw new MissingHop(story.name, hop, `the demo agency has no ${story.provider} connection`);
  }
  const delivered = await deliverWebhook(ctx.sandboxUrl, {
    event: story.event,
    url: `${ctx.url}/webhooks/${story.provider}/${connection.id}`,
    secret: String(connection.signingSecret),
    data: story.data,
  });
  const id = checkAcknowledged(story, hop, delivered);
  ctx.tell({ story: story.name, hop, id, detail: `200 in ${delivered.durationMs.toFixed(0)} ms` });
  return [id, delivered];
}

async function followEvent(ctx: StoryContext, story: Story, webhookEventId: string) {
  const hop = 'canonical event';
  const at = { story: story.name, limitMs: ctx.limitMs };
  const listed = await awaitHop({ ...at, hop }, async () => {
    const { items } = await ctx.api.call('listEvents', { query: { webhookEventId } });
    return items[0];
  });
  if (listed.type !== story.eventType)
    throw new MissingHop(story.name, hop, `it is ${listed.type}`);
  ctx.tell({ story: story.name, hop, id: listed.id, detail: listed.type });
  return ctx.api.call('getEvent', { params: { eventId: listed.id } });
}

function checkSteps(story: Story, execution: Execution, actions: readonly string[]): void {
  actions.forEach((action, index) => {
    const step = execution.steps[index];
    if (step?.action === action && step.status === 'succeeded') return;
    const standing = step === undefined ? 'it never ran' : `${step.status}: ${step.error}`;
    throw new MissingHop(story.name, `step ${action}`, standing);
  });
}

async function followExecution(
  ctx: StoryContext,
  story: Story,
  event: Event,
): Promise<Execution | undefined> {
  const { flow } = story;
  if (flow === null) return undefined;
  const at = { story: story.name, limitMs: ctx.limitMs };
  const tell = (hop: string, id: string, detail: string) =>
    ctx.tell({ story: story.name, hop, id, detail });
  const started = event.executions.find(({ flowName }) => flowName === flow);
  if (started === undefined) {
    throw new MissingHop(story.name, 'flow matched', `no execution of "${flow}"`);
  }
  tell('flow matched, execution', started.id, `${flow} (version ${started.flowVersion})`);
  const execution = await awaitHop({ ...at, hop: 'execution finished' }, async () => {
    const found = await ctx.api.call('getExecution', { params: { executionId: started.id } });
    return found.finishedAt === null ? undefined : found;
  });
  checkSteps(story, execution, actionsOf(flow));
  for (const step of execution.steps) {
    tell(`step ${step.key}`, step.id, `${step.action}, attempts: ${step.attempts}`);
    const effect = execution.effects.find(({ stepKey }) => stepKey === step.key);
    if (effect?.status !== 'done' || effect.externalId === null) {
      throw new MissingHop(story.name, `effect of ${step.key}`, String(effect?.status));
    }
    tell(`effect at ${effect.provider}`, effect.id, effect.externalId);
  }
  return execution;
}

async function followUsage(ctx: StoryContext, story: Story, event: Event) {
  const at = { story: story.name, hop: 'usage', limitMs: ctx.limitMs };
  const lines = await awaitHop(at, async () => {
    const { items } = await ctx.api.call('listUsageEvents', { query: { eventId: event.id } });
    const meters = items.map(({ meter }) => meter).toSorted();
    return meters.join() === story.meters.join() ? items : undefined;
  });
  for (const line of lines) {
    const detail = `${line.quantity} ${line.meter}, ${line.cost.amount} ${line.cost.currency}`;
    ctx.tell({ story: story.name, hop: 'usage', id: line.id, detail });
  }
  return lines;
}

async function followLedger(ctx: StoryContext, { name, invoiceId }: Story): Promise<void> {
  if (invoiceId === null) return;
  const at = { story: name, hop: 'ledger entry', limitMs: ctx.limitMs };
  const entry = await awaitHop(at, async () => {
    const { items } = await ctx.api.call('listLedgerEntries', { query: { limit: 50 } });
    return items.find(({ reference }) => reference.endsWith(`:${invoiceId}`));
  });
  const detail = entry.postings
    .map(({ account, amount }) => `${account} ${amount.amount}`)
    .join(', ');
  ctx.tell({ story: name, hop: 'ledger entry', id: entry.id, detail });
}

function idsOf({ event, execution, usage }: Trace): string {
  const effects = execution?.effects ?? [];
  return [...event.executions, ...effects, ...usage]
    .map(({ id }) => id)
    .toSorted()
    .join();
}

/** The same bytes again: counted on the delivery, and nothing else changes anywhere. */
async function proveDuplicate(
  ctx: StoryContext,
  story: Story,
  delivered: Delivered,
  before: Trace,
): Promise<void> {
  const hop = 'duplicate changes nothing';
  const fail = (reason: string) => new MissingHop(story.name, hop, reason);
  const webhookEventId = checkAcknowledged(story, hop, await sendAgain(delivered));
  if (webhookEventId !== delivered.webhookEventId) throw fail(`it was stored as ${webhookEventId}`);
  const delivery = await ctx.api.call('getWebhookEvent', { params: { webhookEventId } });
  const { items } = await ctx.api.call('listEvents', { query: { webhookEventId } });
  if (items.length !== 1) throw fail(`${items.length} events`);
  const event = await ctx.api.call('getEvent', { params: { eventId: before.event.id } });
  const usage = await ctx.api.call('listUsageEvents', { query: { eventId: event.id } });
  const executionId = before.execution?.id;
  const execution =
    executionId === undefined
      ? undefined
      : await ctx.api.call('getExecution', { params: { executionId } });
  if (idsOf({ event, execution, usage: usage.items }) !== idsOf(before)) {
    throw fail('there are more executions, effects or usage lines');
  }
  const sms = story.phone === null ? 0 : await countMessagesTo(ctx.sandboxUrl, story.phone);
  if (sms > 1) throw fail(`${sms} SMS to ${story.phone}`);
  const detail = `delivered ${delivery.deliveries} times, executions: ${event.executions.length}, SMS: ${sms}`;
  ctx.tell({ story: story.name, hop, id: webhookEventId, detail });
}

/** Posts one webhook and follows it hop by hop through the public API. Returns its usage lines. */
export async function followStory(ctx: StoryContext, story: Story): Promise<readonly UsageLine[]> {
  const [webhookEventId, delivered] = await post(ctx, story);
  const event = await followEvent(ctx, story, webhookEventId);
  const execution = await followExecution(ctx, story, event);
  const usage = await followUsage(ctx, story, event);
  await followLedger(ctx, story);
  await proveDuplicate(ctx, story, delivered, { event, execution, usage });
  return usage;
}
