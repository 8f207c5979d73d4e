import { fixedClock } from '@maxai/kernel/clock';
import { expect, it } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { client, clients, form, read, startSandbox } from './support/client.ts';

const slot = (from: string, to: string) => ({
  start: { dateTime: `2026-11-24T${from}:00Z` },
  end: { dateTime: `2026-11-24T${to}:00Z` },
});

function refresh(sandbox: Sandbox, changes: Record<string, string> = {}) {
  const { clientId, clientSecret, refreshToken } = sandbox.accounts.google;
  return clients(sandbox).anonymous.post(
    '/google/token',
    form({
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
      grant_type: 'refresh_token',
      ...changes,
    }),
  );
}

async function signedIn(sandbox: Sandbox) {
  const token = String(read(await refresh(sandbox), 'access_token'));
  return client(`${sandbox.url}/google/calendar/v3`, { authorization: `Bearer ${token}` });
}

const events = '/calendars/primary/events';

it('refreshes a token that lives an hour, and refuses it afterwards', async () => {
  const clock = fixedClock(new Date('2026-11-23T10:00:00Z'));
  const sandbox = await startSandbox({ clock });
  const calendar = await signedIn(sandbox);
  expect((await calendar.get(events)).status).toBe(200);
  clock.advance(3_600_000);
  const stale = await calendar.get(events);
  expect(stale.status).toBe(401);
  expect(read(stale, 'error.errors.0.reason')).toBe('authError');
  expect((await clients(sandbox).anonymous.get(`/google/calendar/v3${events}`)).status).toBe(401);
});

it.each([
  [{ client_secret: 'x' }, 401, 'invalid_client'],
  [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
  [{ refresh_token: 'x' }, 400, 'invalid_grant'],
])('answers the token request with %o by %i %s', async (changes, status, error) => {
  const refused = await refresh(await startSandbox(), changes);
  expect([refused.status, read(refused, 'error')]).toEqual([status, error]);
});

it('books once per event id, also after the event was deleted', async () => {
  const sandbox = await startSandbox();
  const calendar = await signedIn(sandbox);
  const booking = { id: 'abcde12345', summary: 'Check-up', ...slot('10:00', '10:30') };
  const booked = await calendar.post(events, booking);
  expect(booked.status).toBe(200);
  expect(read(booked, 'status')).toBe('confirmed');
  expect(read(booked, 'calendarId')).toBeUndefined();
  const again = await calendar.post(events, booking);
  expect(again.status).toBe(409);
  expect(read(again, 'error.errors.0.reason')).toBe('duplicate');
  expect(sandbox.state.google.events.created).toBe(1);

  expect((await calendar.remove(`${events}/abcde12345`)).status).toBe(204);
  expect((await calendar.remove(`${events}/abcde12345`)).status).toBe(410);
  expect(read(await calendar.get(`${events}/abcde12345`), 'status')).toBe('cancelled');
  expect((await calendar.post(events, booking)).status).toBe(409);
  expect(read(await calendar.get(events), 'items')).toEqual([]);
  expect(read(await calendar.get(`${events}?showDeleted=true`), 'items.0.id')).toBe('abcde12345');
  expect((await calendar.get(`${events}/zzzzz`)).status).toBe(404);
});

it('refuses an invalid id, an empty range and an unknown calendar', async () => {
  const calendar = await signedIn(await startSandbox());
  const invalid = await calendar.post(events, { id: 'XYZ', ...slot('10:00', '10:30') });
  expect(read(invalid, 'error.message')).toBe('Invalid resource id value.');
  expect((await calendar.post(events, slot('10:30', '10:00'))).status).toBe(400);
  expect((await calendar.get('/calendars/missing@x.example/events')).status).toBe(404);
  expect((await calendar.get('/calendars/unknown/events')).status).toBe(404);
});

it('adds a meeting only when the conference version is asked for', async () => {
  const calendar = await signedIn(await startSandbox());
  const body = {
    ...slot('10:00', '10:30'),
    conferenceData: { createRequest: { requestId: 'r1' } },
  };
  const without = await calendar.post(events, body);
  expect(read(without, 'hangoutLink')).toBeUndefined();
  const withMeeting = await calendar.post(`${events}?conferenceDataVersion=1`, body);
  expect(read(withMeeting, 'hangoutLink')).toMatch(/^https:\/\/meet\.google\.com\//);
  const plain = await calendar.post(`${events}?conferenceDataVersion=1`, slot('10:00', '10:30'));
  expect(read(plain, 'hangoutLink')).toBeUndefined();
});

it('merges what is busy, and reports an unknown calendar inside the 200', async () => {
  const calendar = await signedIn(await startSandbox());
  const add = (from: string, to: string, extra: object = {}) =>
    calendar.post(events, { ...slot(from, to), ...extra });
  await add('10:00', '10:30');
  await add('10:15', '11:00');
  await add('09:00', '09:10', { transparency: 'transparent' });
  await add('15:00', '16:00');
  const answer = await calendar.post('/freeBusy', {
    timeMin: '2026-11-24T08:00:00Z',
    timeMax: '2026-11-24T15:30:00Z',
    items: [{ id: 'primary' }, { id: 'missing@x.example' }],
  });
  expect(read(answer, 'calendars.primary.busy')).toEqual([
    { start: '2026-11-24T10:00:00Z', end: '2026-11-24T11:00:00Z' },
    { start: '2026-11-24T15:00:00Z', end: '2026-11-24T15:30:00Z' },
  ]);
  const calendars = read(answer, 'calendars');
  expect(calendars).toMatchObject({ 'missing@x.example': { errors: [{ reason: 'notFound' }] } });
  expect((await calendar.post('/freeBusy', {})).status).toBe(400);
});

it('lists by time and private property, page by page', async () => {
  const calendar = await signedIn(await startSandbox());
  await calendar.post(events, {
    start: { date: '2026-11-20' },
    end: { date: '2026-11-21' },
  });
  await calendar.post(events, {
    summary: 'tagged',
    ...slot('10:00', '10:30'),
    extendedProperties: { private: { effect: 'eff_1' } },
  });
  const list = async (query: string) => read(await calendar.get(`${events}?${query}`), 'items');
  expect(await list('timeMin=2026-11-22T00:00:00Z')).toMatchObject([{ summary: 'tagged' }]);
  expect(await list('timeMax=2026-11-22T00:00:00Z')).toHaveLength(1);
  expect(await list('privateExtendedProperty=effect%3Deff_1')).toMatchObject([
    { summary: 'tagged' },
  ]);
  const first = await calendar.get(`${events}?maxResults=1`);
  expect(read(first, 'nextPageToken')).toBe('1');
  expect(await list('maxResults=1&pageToken=1')).toMatchObject([{ summary: 'tagged' }]);
});
