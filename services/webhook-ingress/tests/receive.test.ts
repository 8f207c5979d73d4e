import type { ConnectionSecrets } from '@maxai/contracts/http/iam';
import { workflowRunKey } from '@maxai/integrations/webhooks/n8n-signature';
import { newId } from '@maxai/kernel/ids';
import { tablesWithoutRowSecurity } from '@maxai/runtime/database';
import { processSettingsForTest, testRedis } from '@maxai/runtime/testing';
import {
  buildHighLevelContactCreate,
  buildRetellEvent,
  buildStripeInvoicePaid,
  buildTwilioInbound,
} from '@maxai/sandbox/payloads';
import {
  signHighLevel,
  signRetell,
  signStandardWebhook,
  signStripe,
  signTwilioForm,
  signTwilioJson,
} from '@maxai/sandbox/signing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  codeOf,
  highlevelKeys,
  idOf,
  pathOf,
  startIngress,
  startedAt,
  type Ingress,
} from './ingress-fixture.ts';

let ingress: Ingress;
const nowMs = startedAt.getTime();
const retellBody = () => JSON.stringify(buildRetellEvent({ event: 'call_ended', nowMs }));

beforeAll(async () => {
  const { url } = await testRedis();
  ingress = await startIngress(url);
});
afterAll(() => ingress.close());

type Signed = { path: string; body: string; headers: Record<string, string> };

const signed: Record<string, (connection: ConnectionSecrets) => Signed> = {
  retell: (connection) => {
    const body = retellBody();
    const apiKey = connection.webhookSecrets[0]!;
    return {
      path: pathOf(connection),
      body,
      headers: signRetell({ rawBody: body, apiKey, nowMs }),
    };
  },
  highlevel: (connection) => {
    const body = JSON.stringify(buildHighLevelContactCreate({ nowMs }));
    const { privateKey } = highlevelKeys;
    return {
      path: pathOf(connection),
      body,
      headers: signHighLevel({ rawBody: body, privateKey }),
    };
  },
  stripe: (connection) => {
    const body = JSON.stringify(buildStripeInvoicePaid({ nowMs }));
    const secret = connection.webhookSecrets[0]!;
    return {
      path: pathOf(connection),
      body,
      headers: signStripe({ rawBody: body, secret, nowMs }),
    };
  },
  twilio: (connection) => {
    const form = buildTwilioInbound();
    const url = `${processSettingsForTest.publicUrl}${pathOf(connection)}`;
    const authToken = connection.webhookSecrets[0]!;
    return {
      path: pathOf(connection),
      body: form.toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...signTwilioForm({ url, form, authToken }),
      },
    };
  },
  n8n: (connection) => workflowResult(connection, { status: 'succeeded', output: {} }),
};

/** What a workflow posts: signed with the key that its run was handed. */
function workflowResult(connection: ConnectionSecrets, result: object): Signed {
  const runId = `${newId('effect', { nowMs, random: (size) => new Uint8Array(size) })}.${nowMs}`;
  const rawBody = JSON.stringify({ runId, ...result });
  const key = workflowRunKey(connection.webhookSecrets[0]!, runId);
  return {
    path: pathOf(connection),
    body: rawBody,
    headers: signStandardWebhook({ id: runId, rawBody, key, nowMs }),
  };
}

describe('a signed delivery [R136]', () => {
  it.each(['retell', 'highlevel', 'stripe', 'twilio', 'n8n'] as const)(
    'of %s is stored, acknowledged, queued and counted',
    async (provider) => {
      const connection = ingress.connect(provider);
      const { path, body, headers } = signed[provider]!(connection);
      const before = await ingress.metric(provider, 'stored');
      const response = await ingress.post(path, body, headers);
      expect(response.status).toBe(200);
      const id = response.headers.get('x-maxai-webhook-event')!;
      const [row] = await ingress.rows(connection.id);
      expect(row).toMatchObject({ id, tenant_id: connection.tenantId, deliveries: 1 });
      await ingress.queued(id);
      expect(await ingress.metric(provider, 'stored')).toBe(before + 1);
    },
  );

  it('of Twilio is answered with TwiML, as form and as JSON', async () => {
    const connection = ingress.connect('twilio');
    const form = signed['twilio']!(connection);
    const answer = await ingress.post(form.path, form.body, form.headers);
    expect(answer.headers.get('content-type')).toContain('text/xml');
    expect(await answer.text()).toBe('<Response/>');
    const body = '{"MessageSid":"SM1"}';
    const { publicUrl } = processSettingsForTest;
    const json = signTwilioJson({
      url: `${publicUrl}${pathOf(connection)}`,
      rawBody: body,
      authToken: connection.webhookSecrets[0]!,
    });
    const path = json.url.slice(publicUrl.length);
    expect((await ingress.post(path, body, json.headers)).status).toBe(200);
    expect(await ingress.rows(connection.id)).toHaveLength(2);
  });

  it('that comes again is a duplicate: counted, acknowledged, not stored twice', async () => {
    const connection = ingress.connect();
    const body = retellBody();
    const first = await idOf(await ingress.retell(connection, { body }));
    const again = await ingress.retell(connection, { body });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ received: true, id: first, duplicate: true });
    expect(await ingress.rows(connection.id)).toMatchObject([{ id: first, deliveries: 2 }]);
  });

  it('of a workflow is taken once for each run, whatever a second one says [R150]', async () => {
    const connection = ingress.connect('n8n');
    const post = ({ path, body, headers }: Signed) => ingress.post(path, body, headers);
    const first = await idOf(await post(signed['n8n']!(connection)));
    const again = await post(workflowResult(connection, { status: 'failed', error: 'changed' }));
    expect(await again.json()).toEqual({ received: true, id: first, duplicate: true });
    expect(await ingress.rows(connection.id)).toMatchObject([
      { id: first, payload: { status: 'succeeded' }, deliveries: 2 },
    ]);
    const forged = workflowResult(ingress.connect('n8n'), { status: 'succeeded', output: {} });
    expect((await post({ ...forged, path: pathOf(connection) })).status).toBe(401);
  });

  it('that comes ten times at once is stored once and counted ten times', async () => {
    const connection = ingress.connect();
    const body = retellBody();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ingress.retell(connection, { body })),
    );
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as {
      id: string;
      duplicate: boolean;
    }[];
    expect(bodies.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(bodies.map(({ id }) => id)).size).toBe(1);
    expect(await ingress.rows(connection.id)).toMatchObject([{ deliveries: 10 }]);
  });

  it('is stored among 200 that come at once', async () => {
    const connection = ingress.connect();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => ingress.retell(connection)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const ids = await Promise.all(answers.map(idOf));
    const rows = await ingress.rows(connection.id);
    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  it('is stored although it holds what jsonb cannot, without touching what only looks like it', async () => {
    const connection = ingress.connect();
    const body = String.raw`{"event":"x","call":{"a":"\u0000","b":"\ud800","c":"\\u0000"}}`;
    expect((await ingress.retell(connection, { body })).status).toBe(200);
    expect((await ingress.rows(connection.id))[0]!.payload['call']).toEqual({
      a: '\ufffd',
      b: '\ufffd',
      c: String.raw`\u0000`,
    });
  });

  it('that cannot be stored fails alone, whoever travels with it', async () => {
    const connection = ingress.connect();
    const poison = String.raw`{"event":"call_\u0000ended","call":{"call_id":"c"}}`;
    const [bad, ...good] = await Promise.all([
      ingress.retell(connection, { body: poison }),
      ...Array.from({ length: 20 }, () => ingress.retell(connection)),
    ]);
    expect(bad.status).toBe(503);
    expect(new Set(good.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('secrets', () => {
  it('are all accepted, a new one as soon as it comes, a removed one no longer', async () => {
    const connection = ingress.connect('retell', { webhookSecrets: ['old', 'both'] });
    const statusWith = async (secret: string) =>
      (await ingress.retell(connection, { secret })).status;
    expect([await statusWith('old'), await statusWith('both')]).toEqual([200, 200]);
    ingress.rotate(connection, ['new', 'both']);
    ingress.clock.advance(1_000);
    expect([await statusWith('new'), await statusWith('both')]).toEqual([200, 200]);
    expect(await statusWith('old')).toBe(401);
  });
});

describe('a delivery is refused', () => {
  const to = (provider: string, id: string, headers = {}) =>
    ingress.post(`/webhooks/${provider}/${id}`, '{}', headers);

  it('for a provider or a connection that is not known, or not of that provider', async () => {
    const before = await ingress.metric('unknown', 'unknown_provider');
    expect(await codeOf(await to('acme', newId('connection')))).toEqual([404, 'unknown_provider']);
    expect(await ingress.metric('unknown', 'unknown_provider')).toBe(before + 1);
    for (const id of ['x', newId('connection'), ingress.connect('stripe').id]) {
      expect(await codeOf(await to('retell', id))).toEqual([404, 'unknown_connection']);
    }
  });

  it('once its connection is disabled', async () => {
    const connection = ingress.connect();
    expect((await ingress.retell(connection)).status).toBe(200);
    ingress.disconnect(connection.id);
    ingress.clock.advance(15_000);
    expect(await codeOf(await ingress.retell(connection))).toEqual([404, 'unknown_connection']);
  });

  it('with a signature that is missing, malformed, wrong, stale or of another body', async () => {
    const connection = ingress.connect();
    const rawBody = retellBody();
    const sign = (apiKey: string, at: number) => signRetell({ rawBody, apiKey, nowMs: at });
    const [secret] = connection.webhookSecrets as [string];
    const at = ingress.clock.now().getTime();
    const cases: [Record<string, string>, string][] = [
      [{}, 'signature_missing'],
      [{ 'x-retell-signature': 'nonsense' }, 'signature_malformed'],
      [sign('another', at), 'signature_invalid'],
      [sign(secret, at - 600_000), 'signature_stale'],
    ];
    for (const [headers, code] of cases) {
      const before = await ingress.metric('retell', code);
      const response = await ingress.post(pathOf(connection), rawBody, headers);
      expect(await codeOf(response)).toEqual([401, code]);
      expect(await ingress.metric('retell', code)).toBe(before + 1);
    }
    const changed = await ingress.post(pathOf(connection), `${rawBody} `, sign(secret, at));
    expect(await codeOf(changed)).toEqual([401, 'signature_invalid']);
    expect(await codeOf(await ingress.post(pathOf(connection), '', {}))).toEqual([
      401,
      'signature_missing',
    ]);
    expect(await ingress.rows(connection.id)).toEqual([]);
  });

  it('when its signature was used on another connection', async () => {
    const first = ingress.connect('retell', { webhookSecrets: ['shared'] });
    const second = ingress.connect('retell', { webhookSecrets: ['shared'] });
    const body = retellBody();
    expect((await ingress.retell(first, { body })).status).toBe(200);
    expect(await codeOf(await ingress.retell(second, { body }))).toEqual([
      401,
      'signature_replayed',
    ]);
    expect(await ingress.rows(second.id)).toEqual([]);
  });

  it('when its signature was used on another connection and is only spelled otherwise', async () => {
    const first = ingress.connect('retell', { webhookSecrets: ['shared'] });
    const second = ingress.connect('retell', { webhookSecrets: ['shared'] });
    const rawBody = retellBody();
    const headers = signRetell({ rawBody, apiKey: 'shared', nowMs });
    expect((await ingress.post(pathOf(first), rawBody, headers)).status).toBe(200);
    const shouted = Object.entries(headers).map(([name, value]) => [
      name,
      value.replace(/d=(.*)$/, (_match, hex: string) => `d=${hex.toUpperCase()}`),
    ]);
    const retell = ingress.post(pathOf(second), rawBody, Object.fromEntries(shouted));
    expect(await codeOf(await retell)).toEqual([401, 'signature_replayed']);

    const [one, other] = [ingress.connect('highlevel'), ingress.connect('highlevel')];
    const { body, headers: signature } = signed['highlevel']!(one);
    expect((await ingress.post(pathOf(one), body, signature)).status).toBe(200);
    const spareBits = (base64: string) =>
      base64.replace(/[AQgw]==$/, (end) => ({ A: 'B', Q: 'R', g: 'h', w: 'x' })[end[0]!] + '==');
    const respelled = Object.entries(signature).map(([name, value]) => [name, spareBits(value)]);
    const highlevel = ingress.post(pathOf(other), body, Object.fromEntries(respelled));
    expect(await codeOf(await highlevel)).toEqual([401, 'signature_replayed']);
    expect([...(await ingress.rows(second.id)), ...(await ingress.rows(other.id))]).toEqual([]);
  });

  it('when HighLevel signed it for another location than the connection is for', async () => {
    const postTo = (locationId: string) => {
      const connection = ingress.connect('highlevel', { account: { locationId } });
      const { path, body, headers } = signed['highlevel']!(connection);
      return ingress.post(path, body, headers);
    };
    expect((await postTo('loc_sandbox')).status).toBe(200);
    expect(await codeOf(await postTo('loc_other'))).toEqual([404, 'unknown_connection']);
  });

  it('when it is too large, of another type, or signed and no JSON', async () => {
    const connection = ingress.connect();
    const large = await ingress.retell(connection, { body: `{"a":"${'x'.repeat(70_000)}"}` });
    expect(await codeOf(large)).toEqual([413, 'payload_too_large']);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const response = await to('retell', connection.id, { 'content-type': type });
      expect(await codeOf(response)).toEqual([415, 'unsupported_media_type']);
    }
    const broken = await ingress.retell(connection, { body: '{"event":' });
    expect(await codeOf(broken)).toEqual([400, 'malformed_json']);
  });
});

describe('the database', () => {
  it('has row-level security on every table and lets the service delete no delivery', async () => {
    expect(await tablesWithoutRowSecurity(ingress.database.ownerUrl)).toEqual([]);
    const app = new pg.Client({ connectionString: ingress.database.appUrl });
    await app.connect();
    await expect(app.query('delete from delivery')).rejects.toThrow('permission denied');
    await app.end();
  });
});
