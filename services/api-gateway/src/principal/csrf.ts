import { AppError } from '@maxai/kernel/errors';
import type { FastifyRequest } from 'fastify';
import type { Credential } from './credential.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A write that rides on the session cookie must come from one of our own pages: browsers send `Origin` on
 * every such request, and `Sec-Fetch-Site` where they do not.
 */
export function rejectForeignSite(
  request: FastifyRequest,
  credential: Credential | undefined,
  origins: ReadonlySet<string>,
): void {
  if (credential?.kind !== 'session' || safeMethods.has(request.method)) return;
  const { origin } = request.headers;
  const ownSite =
    origin === undefined
      ? request.headers['sec-fetch-site'] === 'same-origin'
      : origins.has(origin);
  if (!ownSite) throw new AppError('csrf_rejected');
}
