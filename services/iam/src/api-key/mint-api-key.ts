import type { Context } from '../context.ts';
import { hashSecret, newSecretToken } from '../secret-token.ts';
import type { AssignableRole } from '../member/member-rules.ts';
import type { ApiKeyRow } from './api-key-store.ts';

const prefix = 'mxk_';
const hintLength = 8;

/** A new key: the secret to show once, and the row that remembers only its hash. */
export function mintApiKey(
  ctx: Context,
  wanted: {
    tenantId: string;
    clientId: string | null;
    name: string;
    role: AssignableRole;
    expiresAt: Date | null;
  },
): { secret: string; row: ApiKeyRow } {
  const secret = `${prefix}${newSecretToken(ctx.random)}`;
  const row = {
    id: ctx.mintId('apiKey'),
    tenant_id: wanted.tenantId,
    client_id: wanted.clientId,
    name: wanted.name,
    role: wanted.role,
    secret_hash: hashSecret(secret),
    hint: secret.slice(0, hintLength),
    created_at: ctx.clock.now(),
    expires_at: wanted.expiresAt,
    revoked_at: null,
  };
  return { secret, row };
}
