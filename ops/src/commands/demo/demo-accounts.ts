import type { InputOf } from '@maxai/api-client';
import type { SandboxAccounts } from '@maxai/sandbox';
import type { HighLevelKeyPair } from '@maxai/sandbox/signing';

export const demoAgency = {
  name: 'Harbor Agency',
  ownerEmail: 'owner@harbor.example',
  staffEmail: 'staff@maxai.example',
  viewerEmail: 'viewer@harbor.example',
  clientName: 'Bright Smiles Dental',
  timeZone: 'America/New_York',
  voiceAgentId: 'agent_harbor_receptionist',
  stripeCustomerId: 'cus_SandboxHarbor1',
} as const;

export type ConnectionToMake = Omit<InputOf<'createConnection'>['body'], 'clientId'> & {
  readonly signingSecret: string | null;
};

/** The client's accounts at the sandbox, and what each signs its webhooks with. */
export function demoConnections(given: {
  accounts: SandboxAccounts;
  highlevelKeys: HighLevelKeyPair;
  stripeWebhookSecret: string;
}): readonly ConnectionToMake[] {
  const { accounts, highlevelKeys, stripeWebhookSecret } = given;
  const { retell, twilio, highlevel, google, openrouter, stripe } = accounts;
  return [
    {
      provider: 'retell',
      name: 'Retell voice',
      account: {},
      credentials: { apiKey: retell.apiKey },
      webhookSecrets: [retell.apiKey],
      signingSecret: retell.apiKey,
    },
    {
      provider: 'twilio',
      name: 'Twilio messaging',
      account: {
        accountSid: twilio.accountSid,
        phoneNumber: '+15550001111',
        segmentPrice: '0.0079',
      },
      credentials: { authToken: twilio.authToken },
      webhookSecrets: [twilio.authToken],
      signingSecret: twilio.authToken,
    },
    {
      provider: 'highlevel',
      name: 'HighLevel CRM',
      account: { locationId: highlevel.locationId },
      credentials: { accessToken: highlevel.token },
      webhookSecrets: [highlevelKeys.publicKey],
      signingSecret: highlevelKeys.privateKey,
    },
    {
      provider: 'google',
      name: 'Google Calendar',
      account: { calendarId: 'primary' },
      credentials: { ...google },
      webhookSecrets: [],
      signingSecret: null,
    },
    {
      provider: 'openrouter',
      name: 'OpenRouter models',
      account: { appName: 'MaxAI' },
      credentials: { apiKey: openrouter.apiKey },
      webhookSecrets: [],
      signingSecret: null,
    },
    {
      provider: 'stripe',
      name: 'Stripe payments',
      account: {},
      credentials: { secretKey: stripe.apiKey },
      webhookSecrets: [stripeWebhookSecret],
      signingSecret: stripeWebhookSecret,
    },
  ];
}
