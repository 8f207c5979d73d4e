import type { Provider } from '@maxai/contracts/schemas';
import { systemClock, type Clock } from '@maxai/kernel/clock';
import { AppError } from '@maxai/kernel/errors';
import type { ProviderContext } from './call-provider.ts';
import { textAt } from './json-reading.ts';

/** What every adapter is made from; nothing is read from the environment. */
export type AdapterConfig = {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Secrets by the provider's own names. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Facts of the account that are not secret. */
  readonly account: Readonly<Record<string, unknown>>;
  readonly fetch?: typeof globalThis.fetch;
  readonly clock?: Clock;
};

export function providerContext(provider: Provider, config: AdapterConfig): ProviderContext {
  return {
    provider,
    fetch: config.fetch ?? globalThis.fetch,
    clock: config.clock ?? systemClock,
    secrets: Object.values(config.credentials).filter((secret) => secret !== ''),
  };
}

/** A field of the connection the adapter cannot do without; `conflict` names what to add. */
export function requiredField(
  provider: Provider,
  config: AdapterConfig,
  part: 'credentials' | 'account',
  name: string,
): string {
  const value = textAt(config[part], name);
  if (value === '') {
    throw new AppError('conflict', {
      detail: `the ${provider} connection has no ${part}.${name}: connect it again with that field`,
    });
  }
  return value;
}
