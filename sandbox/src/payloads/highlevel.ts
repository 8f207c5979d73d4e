import { merge, type JsonObject } from '../json-body.ts';
import { providerId } from '../provider-id.ts';

/** A HighLevel `ContactCreate` body, flat, with its own `webhookId` and ISO `timestamp`. */
export function buildHighLevelContactCreate(input: {
  nowMs: number;
  contact?: JsonObject;
}): JsonObject {
  const now = new Date(input.nowMs).toISOString();
  return merge(
    {
      type: 'ContactCreate',
      locationId: 'loc_sandbox',
      id: providerId('', 'alphanumeric', 20),
      firstName: 'John',
      lastName: 'Deo',
      name: 'John Deo',
      email: 'john.deo@example.com',
      phone: '+15550003333',
      tags: ['website'],
      dnd: false,
      source: 'website form',
      dateAdded: now,
      customFields: [],
      timestamp: now,
      webhookId: crypto.randomUUID(),
    },
    input.contact ?? {},
  );
}
