import type { SecretName } from './names.ts';

/** What an environment must say about itself for the settings that differ between environments. */
export type EnvironmentValues = {
  readonly oidcIssuer: string;
  readonly oidcClientId: string;
  readonly googleTokenUrl: string;
  /** Where n8n answers the cluster; the sandbox has one too. */
  readonly n8nUrl: string;
  /** Comma-separated origins a browser may call the API from. */
  readonly allowedOrigins: string;
};

/** Where the value of one environment variable comes from. */
export type Setting =
  | { readonly kind: 'value'; readonly value: string | number }
  | { readonly kind: 'public-url'; readonly path: `/${string}` }
  | { readonly kind: 'environment'; readonly key: keyof EnvironmentValues }
  | { readonly kind: 'trusted-proxies' }
  | { readonly kind: 'secret'; readonly name: SecretName };

/** Variables without their service's prefix: `SESSION_TTL_SECONDS` becomes `IAM_SESSION_TTL_SECONDS`. */
export type Settings = Readonly<Record<Uppercase<string>, Setting>>;

export function value(constant: string | number): Setting {
  return { kind: 'value', value: constant };
}

export function underPublicUrl(path: `/${string}`): Setting {
  return { kind: 'public-url', path };
}

export function fromEnvironment(key: keyof EnvironmentValues): Setting {
  return { kind: 'environment', key };
}

/** How many addresses of ours follow the client's, wherever it is deployed: see `TrustedHops`. */
export function trustedProxies(): Setting {
  return { kind: 'trusted-proxies' };
}

export function secret(name: SecretName): Setting {
  return { kind: 'secret', name };
}
