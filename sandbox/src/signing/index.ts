export {
  generateHighLevelKeyPair,
  readHighLevelKeyPair,
  signHighLevel,
  type HighLevelKeyPair,
} from './highlevel.ts';
export { signRetell } from './retell.ts';
export { signStripe } from './stripe.ts';
export { signTwilioForm, signTwilioJson } from './twilio.ts';
