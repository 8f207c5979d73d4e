import { createHash } from 'node:crypto';
import type { calendar_v3 } from '@googleapis/calendar';
import type { Credentials } from 'google-auth-library';
import { providerContext, requiredField, type AdapterConfig } from '../../adapter-config.ts';
import { callProvider, failureOf, unreadable, urlOf, type Fetch } from '../../call-provider.ts';
import type { Booking, CalendarPort, CallOptions } from '../../ports.ts';
import { ProviderError } from '../../provider-error.ts';

const sdkOrigin = 'https://www.googleapis.com';

/** `tokenUrl` is Google's OAuth token endpoint, in full. */
export type GoogleConfig = AdapterConfig & { readonly tokenUrl: string };

/** Event ids allow a–v and digits: a hexadecimal digest fits, and repeats for the same effect. */
export function googleEventId(effectId: string): string {
  return createHash('sha256').update(effectId).digest('hex');
}

function toBooking(event: calendar_v3.Schema$Event): Booking {
  return {
    eventId: event.id ?? '',
    status: event.status ?? '',
    start: event.start?.dateTime ?? event.start?.date ?? '',
    end: event.end?.dateTime ?? event.end?.date ?? '',
    link: event.htmlLink ?? null,
  };
}

/**
 * Google Calendar behind `CalendarPort`. Needs `account.calendarId` and `credentials.clientId`,
 * `clientSecret`, `refreshToken`.
 */
export function createGoogleCalendar(config: GoogleConfig): CalendarPort {
  const calendarId = requiredField('google', config, 'account', 'calendarId');
  const clientId = requiredField('google', config, 'credentials', 'clientId');
  const clientSecret = requiredField('google', config, 'credentials', 'clientSecret');
  const refreshToken = requiredField('google', config, 'credentials', 'refreshToken');
  const context = providerContext('google', config);
  /** The access token of the call before, so that not every call refreshes. */
  let tokens: Credentials = { refresh_token: refreshToken };

  const connect = async (fetch: Fetch) => {
    const [{ calendar }, { OAuth2Client }] = await Promise.all([
      import('@googleapis/calendar'),
      import('google-auth-library'),
    ]);
    const auth = new OAuth2Client({
      clientId,
      clientSecret,
      endpoints: { oauth2TokenUrl: config.tokenUrl },
      transporterOptions: {
        // The SDK takes a root URL but drops its path, so the base URL is put in front here.
        fetchImplementation: (input, init) => {
          const url = urlOf(input);
          const path = url.startsWith(sdkOrigin) ? url.slice(sdkOrigin.length) : undefined;
          return fetch(path === undefined ? url : config.baseUrl + path, init);
        },
      },
    });
    // The token request asks for retries of its own accord.
    auth.transporter.interceptors.request.add({
      resolved: async (request) => {
        delete request.retryConfig;
        return Object.assign(request, { retry: false });
      },
    });
    auth.setCredentials(tokens);
    return { auth, api: calendar({ version: 'v3', auth, retry: false }) };
  };

  /** Reads, and a booking under its own id: every verb may be repeated. */
  const call = <T>(
    options: CallOptions,
    run: (api: calendar_v3.Calendar) => Promise<T>,
  ): Promise<T> =>
    callProvider(context, { ...options, repeatable: true }, async (fetch) => {
      const { auth, api } = await connect(fetch);
      const result = await run(api);
      tokens = auth.credentials;
      return result;
    });

  const get: CalendarPort['get'] = ({ eventId }, options) =>
    call(options, async (api) => toBooking((await api.events.get({ calendarId, eventId })).data));

  return {
    get,

    findBusy: ({ from, to }, options) =>
      call(options, async (api) => {
        const { data } = await api.freebusy.query({
          requestBody: { timeMin: from, timeMax: to, items: [{ id: calendarId }] },
        });
        const found = data.calendars?.[calendarId];
        if (found === undefined) throw unreadable(context, 'the calendar is missing', true);
        const error = found.errors?.[0];
        if (error !== undefined) {
          // An error inside a 200 means unknown, never free.
          const status = error.reason === 'notFound' ? 404 : 503;
          const body = { error: { errors: [error], message: 'the calendar could not be read' } };
          throw failureOf(context, { status, headers: new Headers(), body }, true);
        }
        return (found.busy ?? []).map(({ start, end }) => ({
          start: String(start),
          end: String(end),
        }));
      }),

    async book(input, options) {
      const id = googleEventId(input.effectId);
      const at = (dateTime: string) => ({
        dateTime,
        ...(input.timeZone === undefined ? {} : { timeZone: input.timeZone }),
      });
      const insert = call(options, async (api) => {
        const { data } = await api.events.insert({
          calendarId,
          sendUpdates: 'all',
          requestBody: {
            id,
            summary: input.title,
            start: at(input.start),
            end: at(input.end),
            ...(input.description === undefined ? {} : { description: input.description }),
            attendees: (input.attendeeEmails ?? []).map((email) => ({ email })),
            extendedProperties: { private: { maxaiEffectId: input.effectId } },
          },
        });
        return toBooking(data);
      });
      const booking = await insert.catch((error: unknown) => {
        // The id is taken: the first attempt did happen.
        if (error instanceof ProviderError && error.status === 409) {
          return get({ eventId: id }, options);
        }
        throw error;
      });
      return { externalId: id, output: booking, usage: [] };
    },
  };
}
