import type { Backend } from './deployable.ts';
import type { CallerName, SchemaName, SecretName } from './names.ts';

/** How a secret comes to be; `external` is issued by somebody else and needs a value in development. */
export type SecretKind = 'password' | 'random-256-base64' | 'ed25519-jwk' | 'external';

/** The groups of the deployment document's list of stored secrets. */
export type SecretCategory =
  | 'database credentials'
  | 'OAuth client secrets'
  | 'JWT signing keys'
  | 'encryption keys'
  /** What n8n knows the platform by. */
  | 'workflow keys'
  /** Keys and addresses that alerts are sent with. */
  | 'alert receivers'
  /** Of the stand-in for the outside world; no other environment has it. */
  | 'sandbox keys';

export type Secret = {
  readonly category: SecretCategory;
  readonly purpose: string;
} & (
  | { readonly kind: Exclude<SecretKind, 'external'> }
  | { readonly kind: 'external'; readonly developmentValue: string }
);

export type Secrets = Readonly<Record<SecretName, Secret>>;

export function identitySecret<C extends CallerName>(caller: C): `identity-${C}` {
  return `identity-${caller}`;
}

export function databasePassword<S extends SchemaName, R extends 'owner' | 'app'>(
  schema: S,
  role: R,
): `${S}-${R}-password` {
  return `${schema}-${role}-password`;
}

export function databaseRole(schema: SchemaName, role: 'owner' | 'app'): string {
  return `${schema}_${role}`;
}

/** The name a calling process signs with. The checks see to it that every caller has a key. */
export function callerName(backend: Backend): CallerName {
  // A backend that calls is a CallerName: iam and billing-usage declare no call.
  return backend.name as CallerName;
}
