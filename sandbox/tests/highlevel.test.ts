import { fixedClock } from '@maxai/kernel/clock';
import { expect, it } from 'vitest';
import { clients, read, startSandbox } from './support/client.ts';

const locationId = 'loc_sandbox';
const monday = Date.parse('2026-11-23T00:00:00Z');

it('refuses a wrong token, a missing Version and a foreign location', async () => {
  const { anonymous, highlevel } = clients(await startSandbox());
  expect(read(await anonymous.get('/highlevel/contacts/x'), 'message')).toBe('Invalid JWT');
  const noVersion = await highlevel.get('/contacts/x', { version: '' });
  expect(noVersion.status).toBe(401);
  expect(read(noVersion, 'message')).toBe('version header was not found.');
  const foreign = await highlevel.post('/contacts/upsert', { locationId: 'loc_other' });
  expect(foreign.status).toBe(403);
});

it('upserts by email, then by phone, and overwrites tags', async () => {
  const sandbox = await startSandbox();
  const { highlevel } = clients(sandbox);
  const upsert = (fields: object) => highlevel.post('/contacts/upsert', { locationId, ...fields });
  const created = await upsert({
    email: 'Ann@Example.com',
    phone: '+15550001111',
    tags: ['lead'],
    customFields: [
      { id: 'f1', field_value: 'a' },
      { key: 'k1', field_value: 'b' },
    ],
  });
  expect(created.status).toBe(201);
  expect(read(created, 'new')).toBe(true);
  expect(read(created, 'contact.customFields')).toEqual([
    { id: 'f1', value: 'a' },
    { id: 'k1', value: 'b' },
  ]);
  const byEmail = await upsert({ email: 'ann@example.com', tags: ['caller'] });
  const byPhone = await upsert({ phone: '+15550001111', firstName: 'Ann' });
  expect([byEmail.status, read(byEmail, 'new')]).toEqual([200, false]);
  expect(read(byPhone, 'contact')).toMatchObject({
    id: read(created, 'contact.id'),
    firstName: 'Ann',
    tags: ['caller'],
  });
  expect(sandbox.state.highlevel.contacts.created).toBe(1);
  expect(created.headers.get('x-ratelimit-remaining')).toBe('99');
  const invalid = await highlevel.post('/contacts/upsert', {});
  expect(invalid.status).toBe(422);
  expect(read(invalid, 'message')).toEqual(['locationId should not be empty']);
});

it('creates, changes, tags, annotates and finds a contact', async () => {
  const { highlevel } = clients(await startSandbox());
  const contact = { locationId, email: 'bo@example.com', firstName: 'Bo' };
  const created = await highlevel.post('/contacts/', contact);
  expect((await highlevel.post('/contacts/', contact)).status).toBe(400);
  const path = `/contacts/${String(read(created, 'contact.id'))}`;
  await highlevel.put(path, { lastName: 'Li' });
  expect(read(await highlevel.get(path), 'contact.lastName')).toBe('Li');

  await highlevel.post(`${path}/tags`, { tags: ['a', 'b'] });
  expect(read(await highlevel.post(`${path}/tags`, { tags: ['b', 'c'] }), 'tags')).toEqual([
    'a',
    'b',
    'c',
  ]);
  expect(read(await highlevel.remove(`${path}/tags`, { tags: ['b'] }), 'tags')).toEqual(['a', 'c']);

  expect((await highlevel.post(`${path}/notes`, { body: 'Called.' })).status).toBe(201);
  expect(read(await highlevel.get(`${path}/notes`), 'notes.0.body')).toBe('Called.');

  const search = await highlevel.post('/contacts/search', {
    locationId,
    pageLimit: 10,
    query: 'LI',
  });
  expect(read(search, 'total')).toBe(1);
  const beyond = await highlevel.post('/contacts/search', { locationId, pageLimit: 10, page: 2 });
  expect(read(beyond, 'contacts')).toEqual([]);
  const duplicate = await highlevel.get('/contacts/search/duplicate?email=bo@example.com');
  expect(read(duplicate, 'contact.firstName')).toBe('Bo');
  const none = await highlevel.get('/contacts/search/duplicate?number=%2B1');
  expect(read(none, 'contact')).toBeNull();
  expect((await highlevel.get('/contacts/unknown')).status).toBe(400);
});

it('offers weekday slots, books one, and refuses it the second time until it is cancelled', async () => {
  const { highlevel } = clients(await startSandbox());
  const slotsPath = `/calendars/cal_sandbox/free-slots?startDate=${monday}&endDate=${monday + 86_400_000}`;
  const free = async () => read(await highlevel.get(slotsPath), '2026-11-23.slots');
  expect(await free()).toHaveLength(16);
  const book = (extra: object = {}) =>
    highlevel.post('/calendars/events/appointments', {
      calendarId: 'cal_sandbox',
      locationId,
      contactId: 'c1',
      startTime: '2026-11-23T10:00:00+00:00',
      ...extra,
    });
  const booked = await book();
  expect(booked.status).toBe(201);
  expect(await free()).toHaveLength(15);
  expect((await book()).status).toBe(400);
  expect((await book({ ignoreFreeSlotValidation: true })).status).toBe(201);

  const id = String(read(booked, 'id'));
  expect((await highlevel.remove(`/calendars/events/${id}`)).status).toBe(200);
  const found = await highlevel.get(`/calendars/events/appointments/${id}`);
  expect(read(found, 'appointment.appointmentStatus')).toBe('cancelled');
  expect((await highlevel.get('/calendars/events/appointments/x')).status).toBe(404);
  expect((await highlevel.remove('/calendars/events/x')).status).toBe(404);
  const range = `/calendars/c/free-slots?startDate=0&endDate=${32 * 86_400_000}`;
  expect((await highlevel.get(range)).status).toBe(400);
  const calendars = await highlevel.get('/calendars/?locationId=loc_sandbox');
  expect(read(calendars, 'calendars.0.id')).toBe('cal_sandbox');
});

it('answers 429 past the burst, and again after the interval', async () => {
  const clock = fixedClock(new Date(monday));
  const { highlevel } = clients(await startSandbox({ clock, highlevelBurstMax: 2 }));
  const statuses = async () => (await highlevel.get('/calendars/')).status;
  expect([await statuses(), await statuses(), await statuses()]).toEqual([200, 200, 429]);
  clock.advance(10_000);
  expect(await statuses()).toBe(200);
});

it('answers a fault in its own error shape', async () => {
  const { highlevel } = clients(await startSandbox());
  const failed = await highlevel.post('/contacts/upsert', { locationId, phone: '+15550902000' });
  expect(failed.body['value']).toMatchObject({ statusCode: 500, error: 'Internal Server Error' });
});
