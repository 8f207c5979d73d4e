import type { Attributes } from '@opentelemetry/api';
import { redactText } from '../telemetry/redact-text.ts';

/** The parts of a finished span that may hold what people or providers wrote. */
export type SpanContents = {
  readonly attributes: Attributes;
  readonly events: readonly { readonly attributes?: Attributes }[];
  readonly status: { message?: string };
};

/** Who asked, and queries, which hold whatever their author put there: phone numbers, codes, tokens. */
const dropped = [
  'client.address',
  'network.peer.address',
  'network.peer.port',
  'user_agent.original',
  'url.query',
];

function redactAttributes(attributes: Attributes): void {
  for (const name of dropped) delete attributes[name];
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value !== 'string') continue;
    attributes[name] = redactText(name === 'url.full' ? value.replace(/\?.*$/s, '') : value);
  }
}

/** Takes out of a finished span what a log line would not show either. */
export function redactSpan({ attributes, events, status }: SpanContents): void {
  redactAttributes(attributes);
  for (const event of events) redactAttributes(event.attributes ?? {});
  if (status.message !== undefined) status.message = redactText(status.message);
}
