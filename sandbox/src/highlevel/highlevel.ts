import type { ProviderDefinition } from '../http/register-provider.ts';
import { asObject } from '../json-body.ts';
import type { World } from '../world.ts';
import { BurstLimit } from './burst-limit.ts';
import { calendarRoutes } from './calendars.ts';
import { contactRoutes } from './contacts.ts';
import { highlevelError, highlevelErrorBody, type HighLevelState } from './highlevel-rules.ts';

const versions = new Set(['2021-04-15', '2021-07-28', '2023-02-21', 'v3']);

export function highlevel(world: World, state: HighLevelState): ProviderDefinition {
  const { token, locationId } = world.accounts.highlevel;
  const limit = new BurstLimit(world.clock);

  return {
    name: 'highlevel',
    faultFields: ['email', 'phone', 'title'],
    errorBody: highlevelErrorBody,
    authenticate: (request) => {
      if (request.headers.authorization !== `Bearer ${token}`) {
        throw highlevelError(401, 'Invalid JWT');
      }
      if (!versions.has(String(request.headers['version']))) {
        throw highlevelError(401, 'version header was not found.');
      }
      const named = asObject(request.body)['locationId'] ?? asObject(request.query)['locationId'];
      if ((named ?? locationId) !== locationId) {
        throw highlevelError(403, 'The token does not have access to this location.');
      }
    },
    beforeFaults: (app) => {
      app.addHook('preHandler', async (_request, reply) => {
        const { allowed, headers } = limit.take(world.highlevelBurstMax);
        reply.headers(headers);
        if (!allowed) throw highlevelError(429, 'Too Many Requests', headers);
      });
    },
    routes: (app) => {
      contactRoutes(app, world, state);
      calendarRoutes(app, world, state);
    },
  };
}
