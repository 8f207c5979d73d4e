import type { FastifyInstance } from 'fastify';
import { asList, asObject, asText, type JsonObject } from '../json-body.ts';
import { providerId } from '../provider-id.ts';
import type { World } from '../world.ts';
import {
  busyPeriods,
  calendarExists,
  googleError,
  instantOf,
  type GoogleState,
} from './google-rules.ts';

type Query = { Querystring: Record<string, string | undefined> };
type CalendarParams = { Params: { calendarId: string } };
type EventParams = { Params: { calendarId: string; eventId: string } };

const base = '/calendar/v3';
const eventIdPattern = /^[a-v0-9]{5,1024}$/;

function requireCalendar(id: string): string {
  if (!calendarExists(id)) throw googleError(404, 'Not Found');
  return id;
}

function conferenceOf(request: unknown): JsonObject {
  const { createRequest } = asObject(request);
  if (createRequest === undefined) return {};
  const code = [3, 4, 3]
    .map((length) => providerId('', 'alphanumeric', length).toLowerCase())
    .join('-');
  const uri = `https://meet.google.com/${code}`;
  return {
    hangoutLink: uri,
    conferenceData: {
      createRequest: { ...asObject(createRequest), status: { statusCode: 'success' } },
      entryPoints: [{ entryPointType: 'video', uri }],
      conferenceSolution: { key: { type: 'hangoutsMeet' }, name: 'Google Meet' },
      conferenceId: code,
    },
  };
}

function listMatches(event: JsonObject, query: Query['Querystring']): boolean {
  const shared = asObject(asObject(event['extendedProperties'])['private']);
  const [name = '', value] = (query['privateExtendedProperty'] ?? '').split('=');
  const fromMs = Date.parse(query['timeMin'] ?? '1970-01-01');
  const toMs = Date.parse(query['timeMax'] ?? '9999-01-01');
  return (
    (event['status'] !== 'cancelled' || query['showDeleted'] === 'true') &&
    instantOf(event['end']) > fromMs &&
    instantOf(event['start']) < toMs &&
    shared[name] === value
  );
}

export function calendarRoutes(app: FastifyInstance, world: World, state: GoogleState): void {
  const eventsOf = (calendarId: string) =>
    state.events.values().filter((event) => event['calendarId'] === calendarId);
  const represent = (stored: JsonObject): JsonObject => {
    const { calendarId: _, ...event } = stored;
    return event;
  };
  const existing = (params: EventParams['Params']): JsonObject => {
    const event = state.events.get(`${requireCalendar(params.calendarId)}/${params.eventId}`);
    if (event === undefined) throw googleError(404, 'Not Found');
    return event;
  };

  app.post(`${base}/freeBusy`, async (request) => {
    const body = asObject(request.body);
    const fromMs = Date.parse(String(body['timeMin']));
    const toMs = Date.parse(String(body['timeMax']));
    if (!(fromMs < toMs)) throw googleError(400, 'Bad Request', 'timeRangeEmpty');
    const ids = asList(body['items']).map((item) => String(asObject(item)['id']));
    const answers = ids.map((id) => [
      id,
      calendarExists(id)
        ? { busy: busyPeriods(eventsOf(id), fromMs, toMs) }
        : { errors: [{ domain: 'global', reason: 'notFound' }], busy: [] },
    ]);
    return {
      kind: 'calendar#freeBusy',
      timeMin: body['timeMin'],
      timeMax: body['timeMax'],
      calendars: Object.fromEntries(answers),
    };
  });

  app.post<CalendarParams & Query>(
    `${base}/calendars/:calendarId/events`,
    async (request, reply) => {
      const calendarId = requireCalendar(request.params.calendarId);
      const body = asObject(request.body);
      if (!(instantOf(body['start']) < instantOf(body['end']))) {
        throw googleError(400, 'The specified time range is empty.', 'timeRangeEmpty');
      }
      const id = asText(body['id']) ?? providerId('', 'base32hex', 26);
      if (!eventIdPattern.test(id)) throw googleError(400, 'Invalid resource id value.', 'invalid');
      const key = `${calendarId}/${id}`;
      if (state.events.get(key)) {
        throw googleError(409, 'The requested identifier already exists.');
      }
      const now = world.clock.now().toISOString();
      const { conferenceData, ...fields } = body;
      const isConference = request.query['conferenceDataVersion'] === '1';
      const event = state.events.add(key, {
        kind: 'calendar#event',
        etag: `"${providerId('', 'hex', 16)}"`,
        status: 'confirmed',
        created: now,
        updated: now,
        organizer: { email: calendarId, self: true },
        iCalUID: `${id}@google.com`,
        sequence: 0,
        eventType: 'default',
        htmlLink: `https://www.google.com/calendar/event?eid=${id}`,
        ...fields,
        ...(isConference ? conferenceOf(conferenceData) : {}),
        id,
        calendarId,
      });
      return reply.send(represent(event));
    },
  );
  app.get<CalendarParams & Query>(`${base}/calendars/:calendarId/events`, async (request) => {
    const calendarId = requireCalendar(request.params.calendarId);
    const found = eventsOf(calendarId).filter((event) => listMatches(event, request.query));
    const size = Number(request.query['maxResults'] ?? 250);
    const start = Number(request.query['pageToken'] ?? 0);
    const isMore = found.length > start + size;
    return {
      kind: 'calendar#events',
      summary: calendarId,
      timeZone: 'UTC',
      items: found.slice(start, start + size).map(represent),
      ...(isMore ? { nextPageToken: String(start + size) } : {}),
    };
  });
  app.get<EventParams>(`${base}/calendars/:calendarId/events/:eventId`, async (request) =>
    represent(existing(request.params)),
  );
  app.delete<EventParams>(
    `${base}/calendars/:calendarId/events/:eventId`,
    async (request, reply) => {
      const event = existing(request.params);
      if (event['status'] === 'cancelled') throw googleError(410, 'Resource has been deleted');
      Object.assign(event, { status: 'cancelled', updated: world.clock.now().toISOString() });
      return reply.status(204).send();
    },
  );
}
