import { Collection } from '../collection.ts';
import { ProviderAnswer } from '../http/provider-answer.ts';
import { asObject, type JsonObject } from '../json-body.ts';

/** `events` is keyed `<calendar>/<event id>`; `tokens` by access token. */
export function createGoogleState() {
  return {
    events: new Collection<JsonObject>(),
    tokens: new Collection<{ expiresAtMs: number }>(),
  };
}
export type GoogleState = ReturnType<typeof createGoogleState>;

const reasons: Record<number, string> = {
  400: 'badRequest',
  401: 'authError',
  404: 'notFound',
  409: 'duplicate',
  410: 'deleted',
  429: 'rateLimitExceeded',
  500: 'backendError',
};

export function googleErrorBody(status: number, message: string, reason?: string): JsonObject {
  const error = { domain: 'global', reason: reason ?? reasons[status], message };
  return { error: { code: status, message, errors: [error] } };
}

export function googleError(status: number, message: string, reason?: string): ProviderAnswer {
  return new ProviderAnswer(status, googleErrorBody(status, message, reason));
}

/** `primary` and any address are calendars of this account, except those that begin with `missing`. */
export function calendarExists(id: string): boolean {
  return (id === 'primary' || id.includes('@')) && !id.startsWith('missing');
}

/** The instant of an event's `start` or `end`: `dateTime`, or the day it names. */
export function instantOf(edge: unknown): number {
  const { dateTime, date } = asObject(edge);
  return Date.parse(String(dateTime ?? date));
}

/** When the calendar is taken within [fromMs, toMs), overlapping events merged. */
export function busyPeriods(
  events: readonly JsonObject[],
  fromMs: number,
  toMs: number,
): { start: string; end: string }[] {
  const merged: { startMs: number; endMs: number }[] = [];
  const taken = events
    .filter((event) => event['status'] !== 'cancelled' && event['transparency'] !== 'transparent')
    .map((event) => ({ startMs: instantOf(event['start']), endMs: instantOf(event['end']) }))
    .filter((period) => period.startMs < toMs && period.endMs > fromMs)
    .toSorted((a, b) => a.startMs - b.startMs);
  for (const period of taken) {
    const last = merged.at(-1);
    if (last && period.startMs <= last.endMs) last.endMs = Math.max(last.endMs, period.endMs);
    else merged.push(period);
  }
  const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
  return merged.map((period) => ({
    start: iso(Math.max(period.startMs, fromMs)),
    end: iso(Math.min(period.endMs, toMs)),
  }));
}
