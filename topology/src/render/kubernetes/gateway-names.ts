import type { Environment } from '../../model/index.ts';
import { namespaceName } from './object-names.ts';

/** The one way in from outside; routes attach to it from their own namespaces. */
export const publicGateway = { name: 'public' } as const;

export function gatewayNamespace(environment: Environment): string {
  return namespaceName(environment, 'api');
}

/** Every public name of an environment; none where it is one machine. */
export function hostnamesOf({ dns }: Environment): string[] {
  return dns.map(({ name }) => name);
}
