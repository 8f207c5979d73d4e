import type { AgencyOrder } from '@maxai/bench/prepare-agency';
import { watched } from '@maxai/bench/provider-mix';

type Flow = AgencyOrder['flows'][string];

// Patient enough for a provider that is cut off for a while.
const retry = { attemptsMax: 10, backoffMs: 500 };

/** Asks a language model, then sends one message, whose last word is what it is about. */
function thank(trigger: Flow['trigger'], subject: string): Flow {
  return {
    version: 1,
    trigger,
    steps: [
      {
        key: 'words',
        action: 'llm.complete',
        input: { model: 'openai/gpt-4.1-mini', prompt: 'Say thank you.', maxTokens: 20 },
        retry,
      },
      {
        key: 'thank',
        action: 'messaging.send',
        input: { to: '= event.subject.phone', body: `= 'Thank you, about ' & ${subject}` },
        retry,
      },
    ],
  };
}

/** One flow for each kind of webhook that the mix marks. */
export const chaosFlows: AgencyOrder['flows'] = {
  'Thank the caller': thank(
    { event: 'call.ended', filter: `event.data.agentId = '${watched.agentId}'` },
    'event.externalId',
  ),
  'Thank who wrote': thank(
    { event: 'message.received', filter: `event.data.body = '${watched.text}'` },
    'event.externalId',
  ),
  'Thank the contact': thank(
    { event: 'contact.created', filter: `event.data.source = '${watched.source}'` },
    'event.externalId',
  ),
  'Thank the payer': thank(
    { event: 'invoice.paid', filter: `event.subject.email = '${watched.email}'` },
    'event.data.stripeEventId',
  ),
};
