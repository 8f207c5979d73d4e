import type { CallerName, SecretName } from './model/index.ts';
import { platform } from './platform.ts';
import { plainSecrets } from './process-environment.ts';
import { renderKubernetes } from './render/kubernetes/render-kubernetes.ts';
import { renderTargets } from './render/kubernetes/render-targets.ts';
import { localSecretStore } from './render/kubernetes/secret-access.ts';
import { publicKeyEntry } from './render/kubernetes/secret-templates.ts';

type ExternalSecretSpec = {
  readonly data: readonly { readonly remoteRef: { readonly key: string } }[];
};

/** What the readers of a development cluster ask its store for. */
function wantedEntries(): string[] {
  const keys = renderTargets(platform)
    .filter(({ cluster }) => cluster.kind === 'kind')
    .flatMap(renderKubernetes)
    .filter(({ object }) => object.kind === 'ExternalSecret')
    // Rendered and validated by its model.
    .flatMap(({ object }) => (object['spec'] as ExternalSecretSpec).data)
    .map(({ remoteRef }) => remoteRef.key);
  return [...new Set(keys)].toSorted();
}

/**
 * The Secrets that fill a development cluster's store, as one list for `kubectl apply`; `secret` gives the value of
 * a name. Of keys that others check callers with it holds the public half as well.
 */
export function localSecretStoreContent(secret: (name: SecretName) => string) {
  const { publicJwk } = plainSecrets(secret);
  const callers = Object.keys(platform.secrets).flatMap((name) =>
    // Of the union of secret names, those that start so are identities of callers.
    name.startsWith('identity-') ? [name.replace('identity-', '') as CallerName] : [],
  );
  const publicKeys = new Map(callers.map((caller) => [publicKeyEntry(caller), caller]));
  const items = wantedEntries().map((entry) => {
    const caller = publicKeys.get(entry);
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: entry,
        namespace: localSecretStore,
      },
      stringData: {
        // What is no public key is a secret's own name: the readers ask for nothing else.
        value: caller === undefined ? secret(entry as SecretName) : publicJwk(caller),
      },
    };
  });
  return { apiVersion: 'v1', kind: 'List', items };
}
