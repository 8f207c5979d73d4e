import type { UsageMeter } from '@maxai/contracts/http/billing-usage';
import type { Money } from '@maxai/kernel/money';
import type { Static } from 'typebox';

/** How long a call may take, body included, and what else ends it. Failures are always `ProviderError`. */
export type CallOptions = { readonly timeoutMs: number; readonly signal?: AbortSignal };

/** What the provider charges for; `cost` is zero when the provider does not say it at once. */
export type MeteredUsage = {
  readonly meter: Static<typeof UsageMeter>;
  readonly quantity: number;
  readonly cost: Money;
  /** The provider's id of what was used. */
  readonly externalId: string;
  readonly agentExternalId: string | null;
};

/** The outcome of a verb with a side effect: `output` is plain JSON, fit to be stored and read by expressions. */
export type EffectResult<Output> = {
  readonly externalId: string;
  readonly output: Output;
  readonly usage: readonly MeteredUsage[];
};

export type Call = {
  readonly callId: string;
  readonly agentId: string;
  readonly status: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationSeconds: number;
  /** `null` until the call has ended and is priced. */
  readonly cost: Money | null;
};

export interface VoicePort {
  getCall(input: { readonly callId: string }, options: CallOptions): Promise<Call>;
  /** The prompt as it is live at the provider, for drift detection. */
  getPrompt(
    input: { readonly llmId: string },
    options: CallOptions,
  ): Promise<{ readonly prompt: string; readonly version: number }>;
  /**
   * Creates (`llmId` null) or updates the prompt and, with an `agentId`, points that agent's next version
   * at it and publishes it. Repeating it publishes the same text again.
   */
  publishPrompt(
    input: {
      readonly llmId: string | null;
      readonly agentId: string | null;
      readonly prompt: string;
    },
    options: CallOptions,
  ): Promise<
    EffectResult<{
      readonly llmId: string;
      readonly llmVersion: number;
      readonly agentVersion: number | null;
    }>
  >;
}

export type SentMessage = {
  readonly messageId: string;
  readonly status: string;
  readonly segments: number;
};

export interface MessagingPort {
  /**
   * Sends once. The provider knows no idempotency key: after `ambiguous`, ask `findSent`, never send again
   * unasked.
   */
  send(
    input: { readonly to: string; readonly body: string },
    options: CallOptions,
  ): Promise<EffectResult<SentMessage>>;
  /** The oldest message equal to `to` and `body`, created at or after `sinceMs`, whose id is not in `exclude`. */
  findSent(
    input: {
      readonly to: string;
      readonly body: string;
      readonly sinceMs: number;
      readonly exclude: readonly string[];
    },
    options: CallOptions,
  ): Promise<EffectResult<SentMessage> | null>;
}

export interface CrmPort {
  /** Repeatable: matched by the location's duplicate rule. `tags` are added, never replaced. */
  upsertContact(
    input: {
      readonly phone?: string;
      readonly email?: string;
      readonly name?: string;
      readonly source?: string;
      readonly tags?: readonly string[];
    },
    options: CallOptions,
  ): Promise<EffectResult<{ readonly contactId: string; readonly created: boolean }>>;
  addTags(
    input: { readonly contactId: string; readonly tags: readonly string[] },
    options: CallOptions,
  ): Promise<EffectResult<{ readonly contactId: string }>>;
}

export type BusyPeriod = { readonly start: string; readonly end: string };
export type Booking = {
  readonly eventId: string;
  readonly status: string;
  readonly start: string;
  readonly end: string;
  readonly link: string | null;
};

export interface CalendarPort {
  /** Busy periods in [from, to), RFC 3339 with offset. A calendar the provider could not read is an error, not free time. */
  findBusy(
    input: { readonly from: string; readonly to: string },
    options: CallOptions,
  ): Promise<readonly BusyPeriod[]>;
  /** Repeatable: the event's id follows from `effectId`, so a second booking returns the first. */
  book(
    input: {
      readonly effectId: string;
      readonly start: string;
      readonly end: string;
      readonly timeZone?: string;
      readonly title: string;
      readonly description?: string;
      readonly attendeeEmails?: readonly string[];
    },
    options: CallOptions,
  ): Promise<EffectResult<Booking>>;
  get(input: { readonly eventId: string }, options: CallOptions): Promise<Booking>;
}

export interface LlmPort {
  /** Repeatable, though every repetition is charged. */
  complete(
    input: {
      readonly model: string;
      readonly system?: string;
      readonly prompt: string;
      readonly maxTokens?: number;
      readonly temperature?: number;
    },
    options: CallOptions,
  ): Promise<
    EffectResult<{
      readonly text: string;
      readonly model: string;
      readonly finishReason: string;
      readonly inputTokens: number;
      readonly outputTokens: number;
    }>
  >;
}

export type ProviderInvoice = {
  readonly invoiceId: string;
  readonly customerId: string;
  readonly subscriptionId: string | null;
  readonly status: string;
  readonly total: Money;
  readonly amountPaid: Money;
};

export interface PaymentPort {
  getInvoice(input: { readonly invoiceId: string }, options: CallOptions): Promise<ProviderInvoice>;
  getCustomer(
    input: { readonly customerId: string },
    options: CallOptions,
  ): Promise<{
    readonly customerId: string;
    readonly email: string | null;
    readonly name: string | null;
  }>;
  /** Repeatable with the same `idempotencyKey` (≤ 255 characters) for 24 h. The amount is rounded to cents. */
  createInvoiceItem(
    input: {
      readonly idempotencyKey: string;
      readonly customerId: string;
      readonly amount: Money;
      readonly description: string;
    },
    options: CallOptions,
  ): Promise<EffectResult<{ readonly invoiceItemId: string }>>;
}

export interface WorkflowPort {
  /**
   * Starts one run of a published workflow; its result comes later, by callback. A run is not repeatable: after
   * `ambiguous`, wait for the callback until the deadline, never start it again unasked.
   */
  start(
    input: {
      readonly runId: string;
      readonly workflow: string;
      readonly deadline: Date;
      readonly input: Readonly<Record<string, unknown>>;
    },
    options: CallOptions,
  ): Promise<EffectResult<{ readonly runId: string }>>;
}

/** The ports a connection may offer; which ones follows from its provider. */
export type Ports = {
  readonly voice: VoicePort;
  readonly messaging: MessagingPort;
  readonly crm: CrmPort;
  readonly calendar: CalendarPort;
  readonly llm: LlmPort;
  readonly payment: PaymentPort;
  readonly workflow: WorkflowPort;
};
export type PortName = keyof Ports;
