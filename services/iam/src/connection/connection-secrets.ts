import type { Envelope, Sealed } from './envelope.ts';
import type { SealedConnectionRow } from './connection-store.ts';

/** What is encrypted of a connection. */
export type Secrets = {
  readonly credentials: Record<string, string>;
  readonly webhookSecrets: string[];
};

/** A sealed row opens only as the same connection of the same tenant. */
export function boundTo(row: { readonly id: string; readonly tenant_id: string }): string {
  return `${row.tenant_id}/${row.id}`;
}

export function sealSecrets(
  envelope: Envelope,
  row: { readonly id: string; readonly tenant_id: string },
  secrets: Secrets,
): Sealed {
  return envelope.seal(JSON.stringify(secrets), boundTo(row));
}

export function openSecrets(envelope: Envelope, row: SealedConnectionRow): Secrets {
  const sealed = { keyId: row.key_id, wrappedKey: row.wrapped_key, secrets: row.secrets };
  return JSON.parse(envelope.open(sealed, boundTo(row))) as Secrets; // sealed by sealSecrets, unaltered
}
