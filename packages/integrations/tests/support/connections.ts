import type { PortName, Ports } from '../../src/ports.ts';
import { createPort, portProviders, type PortConnection } from '../../src/create-ports.ts';

const accounts = {
  retell: [{}, { apiKey: 'key_secret' }],
  twilio: [
    { accountSid: `AC${'0'.repeat(31)}1`, phoneNumber: '+15550001111', segmentPrice: '0.0083' },
    { authToken: 'token_secret' },
  ],
  highlevel: [{ locationId: 'loc_1' }, { accessToken: 'pit_secret' }],
  google: [
    { calendarId: 'primary' },
    { clientId: 'client', clientSecret: 'cs_secret', refreshToken: 'rt_secret' },
  ],
  openrouter: [{ appUrl: 'https://app.example', appName: 'MaxAI' }, { apiKey: 'sk-or_secret' }],
  stripe: [{}, { secretKey: 'sk_test_secret' }],
  n8n: [
    { callbackUrl: 'http://127.0.0.1:9/webhooks/n8n/con' },
    { signingKey: 'signing_secret', webhookSecret: 'webhook_secret' },
  ],
} as const;

export function connectionFor(name: PortName): PortConnection {
  const provider = portProviders[name];
  const [account, credentials] = accounts[provider];
  return { provider, account, credentials };
}

/** Every provider at one base URL, Google's token endpoint at `/token`. */
export function baseUrlsAt(baseUrl: string) {
  return {
    retell: baseUrl,
    twilio: baseUrl,
    highlevel: baseUrl,
    stripe: baseUrl,
    openrouter: baseUrl,
    google: baseUrl,
    n8n: baseUrl,
    googleToken: `${baseUrl}/token`,
  };
}

export function portAt<Name extends PortName>(name: Name, baseUrl: string): Ports[Name] {
  return createPort(name, connectionFor(name), { baseUrls: baseUrlsAt(baseUrl) });
}
