export {
  generateHighLevelKeyPair,
  readHighLevelKeyPair,
  signHighLevel,
  type HighLevelKeyPair,
} from './highlevel.ts';
export { signRetell } from './retell.ts';
export { signStandardWebhook } from './standard.ts';
export { signStripe } from './stripe.ts';
export { signTwilioForm, signTwilioJson } from './twilio.ts';
