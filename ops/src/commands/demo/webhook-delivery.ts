import type { DeliverableEvent, SignedWebhook } from '@maxai/sandbox';

export type Acknowledgement = {
  readonly status: number;
  readonly webhookEventId: string | undefined;
};

export type Delivered = Acknowledgement & {
  readonly durationMs: number;
  readonly sent: SignedWebhook;
};

const timeoutMs = 20_000;
const idHeader = 'x-maxai-webhook-event';

type DeliverAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly durationMs: number;
  readonly sent: SignedWebhook;
};

/** Has the provider build, sign and post a webhook; it remembers what the webhook tells of. */
export async function deliverWebhook(
  sandboxUrl: string,
  webhook: {
    readonly event: DeliverableEvent;
    readonly url: string;
    readonly secret: string;
    readonly data: Readonly<Record<string, unknown>>;
  },
): Promise<Delivered> {
  const response = await fetch(`${sandboxUrl}/_control/deliver`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(webhook),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(await response.text());
  // The sandbox of this checkout answers this shape.
  const { headers, ...answer } = (await response.json()) as DeliverAnswer;
  return { ...answer, webhookEventId: headers[idHeader] };
}

/** Posts the same signed bytes again, as a provider does that missed the acknowledgement. */
export async function sendAgain({ sent }: Delivered): Promise<Acknowledgement> {
  const response = await fetch(sent.url, {
    method: 'POST',
    headers: sent.headers,
    body: sent.rawBody,
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
  return {
    status: response.status,
    webhookEventId: response.headers.get(idHeader) ?? undefined,
  };
}

/** How many messages the SMS provider really sent to a number. */
export async function countMessagesTo(sandboxUrl: string, phone: string): Promise<number> {
  const response = await fetch(`${sandboxUrl}/_control/effects/twilio/messages`);
  const { items } = (await response.json()) as { items: { to: string }[] };
  return items.filter(({ to }) => to === phone).length;
}
