import type { Backend, Environment } from '../model/index.ts';

export type ExternalReach = {
  /** A host name; a policy never opens a wildcard. */
  readonly host: string;
  /** Path in the declaration of the deployable, `providers`. */
  readonly key: string;
};

/** The outside world of development: the sandbox, on this machine or in its cluster. */
export function isInside(url: string): boolean {
  return /^(127\.|localhost$)|\.cluster\.local$/.test(new URL(url).hostname);
}

function reachedUrls(environment: Environment, backend: Backend): { url: string; key: string }[] {
  const settings = Object.entries(backend.settings).flatMap(([name, setting]) => {
    if (setting.kind !== 'environment') return [];
    const at = (url: string) => ({ url, key: `settings.${name}` });
    if (setting.key === 'googleTokenUrl') return [at(environment.values.googleTokenUrl)];
    if (setting.key !== 'oidcIssuer') return [];
    return [environment.values.oidcIssuer, ...environment.oidcEndpoints].map(at);
  });
  const providers = backend.providers.map((name) => ({
    url: environment.providers[name],
    key: 'providers',
  }));
  return [...settings, ...providers];
}

/** Whether it talks to the stand-in for the outside world. */
export function reachesSandbox(environment: Environment, backend: Backend): boolean {
  return reachedUrls(environment, backend).some(({ url }) => isInside(url));
}

/** The hosts a deployable declares that lie outside the cluster, each once and in order. */
export function externalHosts(environment: Environment, backend: Backend): ExternalReach[] {
  const hosts = new Map<string, ExternalReach>();
  for (const { url, key } of reachedUrls(environment, backend)) {
    const host = new URL(url).hostname;
    if (!isInside(url) && !hosts.has(host)) hosts.set(host, { host, key });
  }
  return [...hosts.values()].toSorted((one, other) => one.host.localeCompare(other.host));
}

/** Where it starts workflows: a private address of the cloud's data network, so no host that it leaves the cluster to. */
export function privateWorkflows(
  environment: Environment,
  backend: Backend,
): { readonly host: string; readonly key: string } | undefined {
  const { n8nUrl } = environment.values;
  const found = Object.entries(backend.settings).find(
    ([, setting]) => setting.kind === 'environment' && setting.key === 'n8nUrl',
  );
  return found === undefined || isInside(n8nUrl)
    ? undefined
    : { host: new URL(n8nUrl).hostname, key: `settings.${found[0]}` };
}
