import type { RandomBytes } from '@maxai/kernel/random';
import { createHash } from 'node:crypto';

/** 256 random bits as base64url: a session token, a login state, the body of an API key. */
export function newSecretToken(random: RandomBytes): string {
  return Buffer.from(random(32)).toString('base64url');
}

/** SHA-256 in hex, the only form of a session token or API key that is stored. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
