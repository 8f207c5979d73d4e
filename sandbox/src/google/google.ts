import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProviderAnswer } from '../http/provider-answer.ts';
import type { ProviderDefinition } from '../http/register-provider.ts';
import { asObject } from '../json-body.ts';
import { providerId } from '../provider-id.ts';
import type { World } from '../world.ts';
import { calendarRoutes } from './calendar.ts';
import { googleErrorBody, type GoogleState } from './google-rules.ts';

const lifetimeSeconds = 3599;

function refuse(status: number, error: string, description: string): ProviderAnswer {
  return new ProviderAnswer(status, { error, error_description: description });
}

function tokenRoute(app: FastifyInstance, world: World, state: GoogleState): void {
  const { clientId, clientSecret, refreshToken } = world.accounts.google;
  app.post('/token', async (request) => {
    const form = asObject(request.body);
    if (form['client_id'] !== clientId || form['client_secret'] !== clientSecret) {
      throw refuse(401, 'invalid_client', 'Unauthorized');
    }
    if (form['grant_type'] !== 'refresh_token') {
      throw refuse(400, 'unsupported_grant_type', 'Invalid grant_type');
    }
    if (form['refresh_token'] !== refreshToken) {
      throw refuse(400, 'invalid_grant', 'Token has been expired or revoked.');
    }
    const token = providerId('ya29.', 'alphanumeric', 60);
    state.tokens.add(token, {
      expiresAtMs: world.clock.now().getTime() + lifetimeSeconds * 1000,
    });
    return {
      access_token: token,
      expires_in: lifetimeSeconds,
      scope: 'https://www.googleapis.com/auth/calendar.events',
      token_type: 'Bearer',
    };
  });
}

export function google(world: World, state: GoogleState): ProviderDefinition {
  const authenticate = (request: FastifyRequest) => {
    if (request.url === '/google/token') return;
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const expiresAtMs = state.tokens.get(token)?.expiresAtMs ?? 0;
    if (expiresAtMs <= world.clock.now().getTime()) {
      throw new ProviderAnswer(
        401,
        googleErrorBody(
          401,
          'Request had invalid authentication credentials. Expected OAuth 2 access token.',
        ),
        { 'www-authenticate': 'Bearer realm="https://accounts.google.com/"' },
      );
    }
  };
  return {
    name: 'google',
    faultFields: ['summary', 'description', 'items', 'attendees'],
    errorBody: googleErrorBody,
    authenticate,
    routes: (app) => {
      tokenRoute(app, world, state);
      calendarRoutes(app, world, state);
    },
  };
}
