import { buildRetellEvent } from '@maxai/sandbox/payloads';
import { signRetell } from '@maxai/sandbox/signing';
import { readFileSync } from 'node:fs';
import type { StateFolder } from '../../src/supervisor/state-folder.ts';
import type { RunningPlatform } from './running-platform.ts';

/** What must not be found again, by what it is; each is unlike anything else that is ever written. */
export const planted = {
  'API key': 'mxk_plantedPlantedPlanted1234567890',
  'session cookie': 'planted-session-cookie-0123456789abcdef',
  'bearer token': 'planted.bearer.token.0123456789abcdef',
  'JSON Web Token': 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwbGFudGVkIn0.cGxhbnRlZHNpZ25hdHVyZQ',
  'webhook secret': 'whsec_plantedWebhookSecret0123456789',
  'Twilio token': 'planted0twilio0auth0token0123456',
  'HighLevel token': 'pit-planted0-0000-4000-8000-000000000000',
  'OpenRouter key': 'sk-or-v1-plantedplantedplantedplanted',
  'Stripe key': 'sk_live_plantedPlantedPlanted',
  'OAuth code': 'planted-oauth-code-0123456789',
  'phone number': '5550198877',
  'e-mail address': 'planted.person@mail.example',
  'e-mail address, encoded': 'planted.person%40mail.example',
  name: 'Plantina Mustermann',
  transcript: 'my password is planted-transcript-secret',
  'card number': '4242424242424242',
  'card number in groups': '4242 4242 4242 4242',
} as const;

/** Everything a process has written, line by line. */
export function logLines(state: StateFolder, name: string): string[] {
  return readFileSync(state.log(name), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

type Send = { readonly path: string; readonly init?: RequestInit };

function requestsOf({ demo }: RunningPlatform): Send[] {
  const key = { authorization: `Bearer ${demo.apiKey}` };
  const json = { ...key, 'content-type': 'application/json' };
  const post = (path: string, body: unknown, headers: Record<string, string> = json): Send => ({
    path,
    init: { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) },
  });
  const connection = {
    clientId: demo.clientId,
    name: planted.name,
    provider: 'twilio',
    account: {
      accountSid: 'AC00000000000000000000000000000000',
      phoneNumber: `+1${planted['phone number']}`,
    },
    credentials: { authToken: planted['Twilio token'] },
    webhookSecrets: [planted['webhook secret']],
  };
  const asPath = ['e-mail address', 'card number', 'JSON Web Token', 'Stripe key'] as const;
  return [
    { path: '/api/clients', init: { headers: { authorization: `Bearer ${planted['API key']}` } } },
    {
      path: '/api/clients',
      init: { headers: { authorization: `Bearer ${planted['bearer token']}` } },
    },
    {
      path: '/api/clients',
      init: { headers: { authorization: `Bearer ${planted['JSON Web Token']}` } },
    },
    {
      path: '/api/clients',
      init: { headers: { cookie: `maxai_session=${planted['session cookie']}` } },
    },
    { path: `/api/auth/callback?code=${planted['OAuth code']}&state=${planted['bearer token']}` },
    {
      path: `/api/events?webhookEventId=${planted['Stripe key']}&phone=%2B1${planted['phone number']}`,
      init: { headers: key },
    },
    post('/api/connections', connection),
    post('/api/connections', {
      ...connection,
      provider: 'highlevel',
      credentials: { accessToken: planted['HighLevel token'] },
    }),
    post('/api/connections', {
      ...connection,
      provider: planted['OpenRouter key'],
      webhookSecrets: planted['webhook secret'],
    }),
    post('/api/connections', `{"credentials":{"apiKey":"${planted['OpenRouter key']}"`),
    post('/api/clients', {
      name: `${planted.name} ${planted['card number in groups']} ${planted['e-mail address']}`,
    }),
    post('/api/members', { email: planted['e-mail address'], role: 'viewer' }),
    post('/api/members', {
      email: `${planted['e-mail address']} ${planted['card number']}`,
      role: planted.transcript,
    }),
    ...asPath.map((what): Send => ({
      path: `/api/clients/${planted[what]}`,
      init: { headers: key },
    })),
    { path: `/api/clients/+1${planted['phone number']}`, init: { headers: key } },
    { path: `/api/clients/%2B1${planted['phone number']}`, init: { headers: key } },
    { path: `/api/clients/${planted['e-mail address, encoded']}`, init: { headers: key } },
    {
      path: `/api/clients/${encodeURIComponent(planted['card number in groups'])}`,
      init: { headers: key },
    },
    post(`/webhooks/retell/${planted['API key']}`, { transcript: planted.transcript }),
  ];
}

async function webhooks({ url, demo }: RunningPlatform): Promise<void> {
  const connection = demo.connections.find(({ provider }) => provider === 'retell');
  const call = {
    from_number: `+1${planted['phone number']}`,
    transcript: `${planted.transcript} ${planted['card number in groups']}`,
    call_analysis: { call_summary: `${planted.name} ${planted['e-mail address']}` },
  };
  const send = async (rawBody: string, secret: string) => {
    const nowMs = Date.now();
    await fetch(`${url}/webhooks/retell/${connection?.id}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...signRetell({ rawBody, apiKey: secret, nowMs }),
      },
      body: rawBody,
    });
  };
  const secret = String(connection?.signingSecret);
  const event = JSON.stringify(
    buildRetellEvent({ event: 'call_analyzed', nowMs: Date.now(), call }),
  );
  await send(event, secret);
  await send(event, planted['webhook secret']);
  await send(event.slice(0, -2), secret);
  // One that cannot be read: its dead letter has a reason, and the worker a line.
  const unreadable = buildRetellEvent({
    event: 'call_ended',
    nowMs: Date.now(),
    call: { ...call, end_timestamp: 1e30 },
  });
  await send(JSON.stringify(unreadable), secret);
}

/** Secrets and personal data through the public paths: headers, queries, paths, bodies good and bad, webhooks. */
export async function plantEverything(platform: RunningPlatform): Promise<void> {
  for (const { path, init } of requestsOf(platform)) {
    const response = await fetch(`${platform.url}${path}`, { redirect: 'manual', ...init });
    await response.body?.cancel();
  }
  await webhooks(platform);
  await platform.settled();
}
