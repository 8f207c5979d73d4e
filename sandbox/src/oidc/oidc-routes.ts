import type { FastifyInstance } from 'fastify';
import type { Provider } from 'oidc-provider';
import { asObject } from '../json-body.ts';
import { demoUsers } from './demo-users.ts';
import { renderLoginPage } from './login-page.ts';

type Params = { Params: { uid: string } };

/** The login page, and everything else under `/oidc` handed to the provider, body unread. */
export function oidcRoutes(app: FastifyInstance, provider: () => Provider): void {
  app.addHook('onRequest', async (request, reply) => {
    const { url } = request;
    if (!url.startsWith('/oidc/') || url.startsWith('/oidc/login/')) return undefined;
    reply.hijack();
    Object.assign(request.raw, { originalUrl: url, url: url.slice('/oidc'.length) });
    await provider().callback()(request.raw, reply.raw);
    return reply;
  });
  app.get<Params>('/oidc/login/:uid', async (request, reply) => {
    await provider().interactionDetails(request.raw, reply.raw);
    return reply.type('text/html').send(renderLoginPage({ action: request.url, users: demoUsers }));
  });
  app.post<Params>('/oidc/login/:uid', async (request, reply) => {
    const email = String(asObject(request.body)['email']).trim().toLowerCase();
    const user = demoUsers.find((candidate) => candidate.email === email);
    if (user === undefined) {
      return reply
        .status(422)
        .type('text/html')
        .send(renderLoginPage({ action: request.url, users: demoUsers, unknownEmail: email }));
    }
    const next = await provider().interactionResult(request.raw, reply.raw, {
      login: { accountId: user.id },
    });
    return reply.redirect(next, 303);
  });
}
