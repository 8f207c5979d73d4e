import { AppError } from '@maxai/kernel/errors';
import { createHash } from 'node:crypto';

export const sessionCookie = 'maxai_session';

export type Credential = {
  readonly kind: 'session' | 'api-key';
  /** SHA-256 of the secret, hex: what the cache and iam know it by. */
  readonly secretHash: string;
};

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/**
 * What the caller presented: an API key in `Authorization: Bearer mxk_…`, else the session cookie. Throws
 * `token_invalid` for a bearer token that is no API key: a caller that meant to authenticate is told so.
 */
export function readCredential(
  authorization: string | undefined,
  cookies: Readonly<Record<string, string | undefined>>,
): Credential | undefined {
  if (authorization !== undefined) {
    const key = /^Bearer (mxk_[A-Za-z0-9_-]+)$/i.exec(authorization)?.[1];
    if (key === undefined) {
      throw new AppError('token_invalid', { detail: 'send Authorization: Bearer mxk_…' });
    }
    return { kind: 'api-key', secretHash: hash(key) };
  }
  const session = cookies[sessionCookie];
  return session === undefined || session === ''
    ? undefined
    : { kind: 'session', secretHash: hash(session) };
}
