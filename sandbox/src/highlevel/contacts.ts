import type { FastifyInstance } from 'fastify';
import { asList, asObject, asText, merge, type JsonObject } from '../json-body.ts';
import { providerId } from '../provider-id.ts';
import type { World } from '../world.ts';
import { highlevelError, requireFields, type HighLevelState } from './highlevel-rules.ts';

type Params = { Params: { id: string } };
type Query = { Querystring: Record<string, string | undefined> };

function texts(value: unknown): string[] {
  return asList(value).map(String);
}

/** Email first, then phone: the order of HighLevel's default duplicate setting. */
function findDuplicate(state: HighLevelState, body: JsonObject): JsonObject | undefined {
  const contacts = state.contacts.values();
  const by = (field: string) =>
    contacts.find(
      (contact) => body[field] !== undefined && contact[field] === normalise(field, body[field]),
    );
  return by('email') ?? by('phone');
}

function normalise(field: string, value: unknown): unknown {
  return field === 'email' ? String(value).toLowerCase() : value;
}

function toStored(body: JsonObject): JsonObject {
  const { customFields, ...rest } = body;
  const stored: JsonObject = { ...rest };
  if (body['email'] !== undefined) stored['email'] = normalise('email', body['email']);
  if (customFields !== undefined) {
    stored['customFields'] = asList(customFields).map((field) => {
      const { id, key, field_value: value } = asObject(field);
      return { id: id ?? key, value };
    });
  }
  return stored;
}

export function createContact(world: World, state: HighLevelState, body: JsonObject): JsonObject {
  const id = asText(body['id']) ?? providerId('', 'alphanumeric', 20);
  const now = world.clock.now().toISOString();
  const defaults = { tags: [], customFields: [], dnd: false, dateAdded: now };
  return state.contacts.add(id, { ...defaults, ...toStored(body), id, dateUpdated: now });
}

export function contactRoutes(app: FastifyInstance, world: World, state: HighLevelState): void {
  const existing = (id: string): JsonObject => {
    const contact = state.contacts.get(id);
    if (contact === undefined) throw highlevelError(400, 'Contact with id ' + id + ' not found');
    return contact;
  };
  const change = (contact: JsonObject, patch: JsonObject): JsonObject =>
    Object.assign(contact, merge(contact, patch), { dateUpdated: world.clock.now().toISOString() });

  app.post('/contacts/upsert', async (request, reply) => {
    const body = asObject(request.body);
    requireFields(body, ['locationId']);
    const duplicate = findDuplicate(state, body);
    const contact = duplicate
      ? change(duplicate, toStored(body))
      : createContact(world, state, body);
    return reply
      .status(duplicate ? 200 : 201)
      .send({ new: duplicate === undefined, contact, traceId: request.id });
  });
  app.post('/contacts/', async (request, reply) => {
    const body = asObject(request.body);
    requireFields(body, ['locationId']);
    if (findDuplicate(state, body)) {
      throw highlevelError(400, 'This location does not allow duplicated contacts.');
    }
    const contact = createContact(world, state, body);
    return reply.status(201).send({ contact, traceId: request.id });
  });
  app.post('/contacts/search', async (request) => {
    const body = asObject(request.body);
    requireFields(body, ['locationId', 'pageLimit']);
    const wanted = (asText(body['query']) ?? '').toLowerCase();
    const found = state.contacts
      .values()
      .filter((contact) =>
        ['email', 'phone', 'firstName', 'lastName', 'name'].some((field) =>
          (asText(contact[field]) ?? '').toLowerCase().includes(wanted),
        ),
      );
    const limit = Number(body['pageLimit']);
    const start = (Number(body['page'] ?? 1) - 1) * limit;
    return {
      contacts: found.slice(start, start + limit),
      total: found.length,
      traceId: request.id,
    };
  });
  app.get<Query>('/contacts/search/duplicate', async (request) => {
    const { email, number } = request.query;
    const fields = { ...(email ? { email } : {}), ...(number ? { phone: number } : {}) };
    return { contact: findDuplicate(state, fields) ?? null, traceId: request.id };
  });
  app.get<Params>('/contacts/:id', async (request) => ({
    contact: existing(request.params.id),
    traceId: request.id,
  }));
  app.put<Params>('/contacts/:id', async (request) => ({
    succeded: true,
    contact: change(existing(request.params.id), toStored(asObject(request.body))),
    traceId: request.id,
  }));
  app.post<Params>('/contacts/:id/tags', async (request, reply) => {
    const contact = existing(request.params.id);
    const added = texts(asObject(request.body)['tags']);
    const tags = [...new Set([...texts(contact['tags']), ...added])];
    change(contact, { tags });
    return reply.status(201).send({ tags, tagsAdded: added, traceId: request.id });
  });
  app.delete<Params>('/contacts/:id/tags', async (request) => {
    const contact = existing(request.params.id);
    const removed = texts(asObject(request.body)['tags']);
    const tags = texts(contact['tags']).filter((tag) => !removed.includes(tag));
    change(contact, { tags });
    return { tags, tagsRemoved: removed, traceId: request.id };
  });
  app.get<Params>('/contacts/:id/notes', async (request) => {
    existing(request.params.id);
    const notes = state.notes.values().filter((note) => note['contactId'] === request.params.id);
    return { notes, traceId: request.id };
  });
  app.post<Params>('/contacts/:id/notes', async (request, reply) => {
    existing(request.params.id);
    const body = asObject(request.body);
    requireFields(body, ['body']);
    const id = providerId('', 'alphanumeric', 20);
    const note = state.notes.add(id, {
      id,
      body: body['body'],
      userId: body['userId'],
      contactId: request.params.id,
      dateAdded: world.clock.now().toISOString(),
    });
    return reply.status(201).send({ note, traceId: request.id });
  });
}
