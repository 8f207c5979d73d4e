import type { CanonicalEvent } from '@maxai/contracts/events/canonical-event';
import type { FlowDocument } from '@maxai/contracts/flows/flow-document';

/** Whether a flow's client and trigger fit an event; its filter is asked afterwards. */
export function mayStart(
  flow: { readonly clientId: string | null; readonly document: Pick<FlowDocument, 'trigger'> },
  event: Pick<CanonicalEvent, 'type' | 'clientId' | 'provider'>,
): boolean {
  // A workflow's result goes on with the execution that waits for it: a flow that it started could go round for ever.
  if (event.provider === 'n8n') return false;
  const clientFits = flow.clientId === null || flow.clientId === event.clientId;
  return clientFits && flow.document.trigger.event === event.type;
}
