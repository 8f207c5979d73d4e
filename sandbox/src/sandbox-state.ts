import { Collection } from './collection.ts';
import { createGoogleState } from './google/google-rules.ts';
import { createHighLevelState } from './highlevel/highlevel-rules.ts';
import { createN8nState } from './n8n/n8n.ts';
import { createPagerDutyState } from './on-call/pagerduty.ts';
import { createSlackState } from './on-call/slack.ts';
import { createOpenRouterState } from './openrouter/openrouter.ts';
import { createRetellState } from './retell/retell.ts';
import type { StoredAnswer } from './stripe/idempotency.ts';
import { createStripeState } from './stripe/stripe-rules.ts';
import { createTwilioState } from './twilio/twilio.ts';

export function createSandboxState() {
  return {
    retell: createRetellState(),
    twilio: createTwilioState(),
    highlevel: createHighLevelState(),
    stripe: createStripeState(),
    openrouter: createOpenRouterState(),
    google: createGoogleState(),
    n8n: createN8nState(),
    pagerduty: createPagerDutyState(),
    slack: createSlackState(),
    idempotency: { keys: new Collection<StoredAnswer>() },
  };
}
export type SandboxState = ReturnType<typeof createSandboxState>;
