import * as operations from '@maxai/contracts/http/iam';
import { implement, type App } from '@maxai/runtime/http';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { finishLogin } from '../session/finish-login.ts';
import { getCurrentSession } from '../session/get-current-session.ts';
import { listSessions } from '../session/list-sessions.ts';
import { logout } from '../session/logout.ts';
import { revokeSession } from '../session/revoke-session.ts';
import { loginTtlSeconds, startLogin } from '../session/start-login.ts';
import { loginCookie, readCookie, sessionCookie, writeCookie } from './cookies.ts';

function sessionTokenOf(request: FastifyRequest): string {
  return readCookie(request.headers.cookie, sessionCookie) ?? '';
}

export function registerAuthentication(app: App, ctx: Context): void {
  const secure = ctx.config.publicUrl.startsWith('https:');
  const forgetLogin = writeCookie(loginCookie, '', { maxAgeSeconds: 0, secure });

  implement(app, operations.startLogin, async ({ query, reply }) => {
    const { location, state } = await startLogin(ctx, { returnTo: query.returnTo ?? '/' });
    const cookie = writeCookie(loginCookie, state, { maxAgeSeconds: loginTtlSeconds, secure });
    return reply
      .header('cache-control', 'no-store')
      .header('set-cookie', cookie)
      .redirect(location);
  });
  implement(app, operations.finishLogin, async ({ query, request, reply }) => {
    const { location, sessionToken } = await finishLogin(ctx, {
      query,
      state: readCookie(request.headers.cookie, loginCookie),
      userAgent: request.headers['user-agent'] ?? '',
    });
    const cookies = [forgetLogin];
    if (sessionToken !== undefined) {
      const maxAgeSeconds = ctx.config.sessionTtlSeconds;
      cookies.push(writeCookie(sessionCookie, sessionToken, { maxAgeSeconds, secure }));
    }
    return reply
      .header('cache-control', 'no-store')
      .header('set-cookie', cookies)
      .redirect(location);
  });
  implement(app, operations.logout, async ({ identity, request, reply }) => {
    await logout(ctx, { identity, sessionToken: sessionTokenOf(request) });
    void reply.header('set-cookie', writeCookie(sessionCookie, '', { maxAgeSeconds: 0, secure }));
    return {};
  });
  implement(app, operations.getCurrentSession, ({ identity, request }) =>
    getCurrentSession(ctx, { identity, sessionToken: sessionTokenOf(request) }),
  );
  implement(app, operations.listSessions, ({ identity, request, query }) =>
    listSessions(ctx, { identity, sessionToken: sessionTokenOf(request), page: query }),
  );
  implement(app, operations.revokeSession, async ({ identity, params }) => {
    await revokeSession(ctx, { identity, ...params });
    return {};
  });
}
