import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { SecretKind } from '@maxai/topology/model';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export type DeclaredSecret = {
  readonly name: string;
  readonly kind: SecretKind;
  /** What an `external` secret is in development, where nobody issues one. */
  readonly developmentValue?: string;
};

const generators: Readonly<Record<SecretKind, (secret: DeclaredSecret) => string>> = {
  password: () => randomBytes(24).toString('base64url'),
  'random-256-base64': () => randomBytes(32).toString('base64'),
  'ed25519-jwk': () =>
    JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })),
  external: ({ developmentValue }) => String(developmentValue),
};

/**
 * The secrets of one machine, in a file only its owner reads. Each is made once: a later start finds the same values,
 * and a secret that is declared later is added.
 */
export function readOrMakeSecrets(
  path: string,
  declared: readonly DeclaredSecret[],
): Readonly<Record<string, string>> {
  // Only this function writes the file.
  const kept = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>)
    : {};
  const missing = declared.filter(({ name }) => !(name in kept));
  if (missing.length === 0) return kept;
  const made = missing.map((secret) => [secret.name, generators[secret.kind](secret)] as const);
  const secrets = { ...kept, ...Object.fromEntries(made) };
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return secrets;
}
