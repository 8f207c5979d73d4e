import { AppError } from '@maxai/kernel/errors';

/** When a new key expires: a moment to come, or never. */
export function requireFuture(expiresAt: string | null, now: Date): Date | null {
  if (expiresAt === null) return null;
  const at = new Date(expiresAt);
  if (at > now) return at;
  const detail = 'expiresAt must be in the future';
  throw new AppError('invalid_request', { errors: [{ pointer: 'body/expiresAt', detail }] });
}
