import type { CallerName, SecretName } from '../../model/index.ts';
import { identitySecret } from '../../model/index.ts';
import type { SecretWiring } from '../../process-environment.ts';

/** The public half of a caller's key in the secret store, beside the private half that only the caller may read. */
export function publicKeyEntry(caller: CallerName): string {
  return `${identitySecret(caller)}-public`;
}

const reference = /\{\{ \.(?<field>\w+)/g;

function field(entry: string, filter = ''): string {
  return `{{ .${entry.replaceAll('-', '_')}${filter} }}`;
}

/** Secrets by what External Secrets puts in their place: our files name them and never hold them. */
export const templateSecrets: SecretWiring = {
  secret: (name) => field(name),
  secretInUrl: (name) => field(name, ' | urlquery'),
  publicJwk: (caller) => field(publicKeyEntry(caller)),
};

/** As it stands in a configuration file of somebody else's program. */
export function secretField(name: SecretName): string {
  return field(name);
}

/** The entries of the secret store that a text refers to, each once, in order. */
export function entriesIn(text: string): string[] {
  const found = [...text.matchAll(reference)].map(({ groups }) =>
    String(groups?.['field']).replaceAll('_', '-'),
  );
  return [...new Set(found)].toSorted();
}

export type SplitVariables = {
  readonly plain: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, string>>;
};

/** Separates what may stand in a manifest from what refers to a secret. */
export function splitVariables(variables: Readonly<Record<string, string>>): SplitVariables {
  const all = Object.entries(variables);
  const isSecret = ([, text]: [string, string]) => entriesIn(text).length > 0;
  return {
    plain: Object.fromEntries(all.filter((entry) => !isSecret(entry))),
    secret: Object.fromEntries(all.filter(isSecret)),
  };
}
