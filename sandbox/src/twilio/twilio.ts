import type { FastifyInstance } from 'fastify';
import { Collection } from '../collection.ts';
import type { ProviderDefinition } from '../http/register-provider.ts';
import { asObject, asText, type JsonObject } from '../json-body.ts';
import { buildTwilioStatus } from '../payloads/twilio.ts';
import { providerId } from '../provider-id.ts';
import { signTwilioForm } from '../signing/twilio.ts';
import type { World } from '../world.ts';
import { countSegments } from './sms-segments.ts';
import { checkMessage, segmentPriceUsd, twilioError, type TwilioMessage } from './twilio-rules.ts';
import { usageRecords } from './usage-records.ts';

export function createTwilioState() {
  return { messages: new Collection<TwilioMessage>() };
}
export type TwilioState = ReturnType<typeof createTwilioState>;

/** Adds a message to what Twilio knows; both directions are billed by the segment. */
export function addMessage(
  state: TwilioState,
  fields: Omit<TwilioMessage, 'segments'>,
): TwilioMessage {
  return state.messages.add(fields.sid, { ...fields, segments: countSegments(fields.body) });
}

function represent(message: TwilioMessage, settled: boolean): JsonObject {
  const path = `/2010-04-01/Accounts/${message.accountSid}/Messages/${message.sid}`;
  const date = message.createdAt.toUTCString().replace('GMT', '+0000');
  const status = message.direction === 'inbound' ? 'received' : 'delivered';
  return {
    sid: message.sid,
    account_sid: message.accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: date,
    date_sent: settled ? date : null,
    date_updated: date,
    direction: message.direction,
    error_code: null,
    error_message: null,
    from: message.from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(message.segments),
    price: settled ? (-segmentPriceUsd * message.segments).toFixed(5) : null,
    price_unit: 'USD',
    status: settled ? status : 'queued',
    subresource_uris: { media: `${path}/Media.json` },
    to: message.to,
    uri: `${path}.json`,
  };
}

type Query = { Querystring: Record<string, string | undefined> };

function listMatches(message: TwilioMessage, query: Query['Querystring']): boolean {
  const sent = message.createdAt.toISOString();
  const day = query['DateSent']?.slice(0, 10) ?? '';
  const bound = (name: string, otherwise: number) =>
    query[name] === undefined ? otherwise : Date.parse(query[name]);
  return (
    message.to === (query['To'] ?? message.to) &&
    message.from === (query['From'] ?? message.from) &&
    sent.startsWith(day) &&
    message.createdAt.getTime() >= bound('DateSent>', -Infinity) &&
    message.createdAt.getTime() <= bound('DateSent<', Infinity)
  );
}

async function postStatus(
  world: World,
  url: string,
  message: TwilioMessage,
  status: string,
): Promise<void> {
  const form = buildTwilioStatus({
    MessageSid: message.sid,
    MessageStatus: status,
    AccountSid: message.accountSid,
    To: message.to,
    From: message.from,
  });
  const { authToken } = world.accounts.twilio;
  await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      ...signTwilioForm({ url, form, authToken }),
    },
    body: form.toString(),
    signal: AbortSignal.timeout(15_000),
  });
}

/** Twilio reports progress once and, on a connection failure, gives up: so does this. */
function reportProgress(world: World, url: string, message: TwilioMessage): void {
  postStatus(world, url, message, 'sent')
    .then(() => postStatus(world, url, message, 'delivered'))
    .catch(() => undefined);
}

export function twilio(world: World, state: TwilioState): ProviderDefinition {
  const account = world.accounts.twilio;
  const expected = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken}`).toString('base64')}`;
  const base = `/2010-04-01/Accounts/${account.accountSid}`;

  const messageRoutes = (app: FastifyInstance) => {
    app.post(`${base}/Messages.json`, async (request, reply) => {
      const form = asObject(request.body);
      checkMessage(form);
      const message = addMessage(state, {
        sid: providerId('SM', 'hex', 32),
        accountSid: account.accountSid,
        direction: 'outbound-api',
        to: String(form['To']),
        from: String(form['From'] ?? form['MessagingServiceSid']),
        body: asText(form['Body']) ?? '',
        createdAt: world.clock.now(),
      });
      const callback = asText(form['StatusCallback']);
      if (callback !== undefined) reportProgress(world, callback, message);
      return reply.status(201).send(represent(message, false));
    });
    app.get<Query>(`${base}/Messages.json`, async (request) => {
      const { query } = request;
      const size = Number(query['PageSize'] ?? 50);
      const page = Number(query['Page'] ?? 0);
      const found = state.messages
        .values()
        .filter((message) => listMatches(message, query))
        .toReversed();
      const uri = (number: number) =>
        `${base}/Messages.json?${new URLSearchParams({ ...query, PageSize: String(size), Page: String(number) })}`;
      return {
        messages: found
          .slice(page * size, (page + 1) * size)
          .map((message) => represent(message, true)),
        page,
        page_size: size,
        start: page * size,
        end: Math.min(found.length, (page + 1) * size) - 1,
        uri: uri(page),
        first_page_uri: uri(0),
        previous_page_uri: page > 0 ? uri(page - 1) : null,
        next_page_uri: found.length > (page + 1) * size ? uri(page + 1) : null,
      };
    });
    app.get<{ Params: { file: string } }>(`${base}/Messages/:file`, async (request) => {
      const message = state.messages.get(request.params.file.replace('.json', ''));
      if (message === undefined) {
        throw twilioError(404, 20404, `The requested resource ${request.url} was not found`);
      }
      return represent(message, true);
    });
  };

  return {
    name: 'twilio',
    faultFields: ['To'],
    errorBody: (status, message) => {
      const code = status === 429 ? 20429 : 20000 + (status % 1000);
      return twilioError(status, code, message).body;
    },
    authenticate: (request) => {
      if (request.headers.authorization !== expected) {
        throw twilioError(401, 20003, 'Authenticate');
      }
    },
    routes: (app) => {
      app.addHook('onRequest', async (_request, reply) => {
        reply.header('twilio-request-id', providerId('RQ', 'hex', 32));
      });
      messageRoutes(app);
      for (const period of ['', '/Daily', '/Today', '/ThisMonth', '/AllTime']) {
        app.get<Query>(`${base}/Usage/Records${period}.json`, async (request) => ({
          usage_records: usageRecords({
            messages: state.messages.values(),
            query: request.query,
            period,
            now: world.clock.now(),
            accountSid: account.accountSid,
          }),
          page: 0,
          page_size: 50,
          next_page_uri: null,
          uri: request.url.replace('/twilio', ''),
        }));
      }
    },
  };
}
