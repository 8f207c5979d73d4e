import { textAt } from '../json-reading.ts';
import type { CanonicalFacts, Delivery } from './to-canonical.ts';

/** The result of a workflow's run, kept as it came: the execution that waits for it judges it. */
export function n8nToCanonical({ payload, receivedAt }: Delivery): CanonicalFacts {
  return {
    type: 'other',
    externalId: textAt(payload, 'runId'),
    occurredAt: receivedAt,
    subject: {},
    data: payload,
    usage: [],
  };
}
