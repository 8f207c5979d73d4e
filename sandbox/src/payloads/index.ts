export { buildHighLevelContactCreate } from './highlevel.ts';
export { buildRetellEvent, retellCallCost, type RetellEvent } from './retell.ts';
export { buildStripeEvent, buildStripeInvoicePaid, stripeApiVersion } from './stripe.ts';
export { buildTwilioInbound, buildTwilioStatus } from './twilio.ts';
