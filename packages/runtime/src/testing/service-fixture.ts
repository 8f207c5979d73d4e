import { builtInRoles, type BuiltInRole, type Identity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import {
  createApp,
  createServiceClient,
  listen,
  type App,
  type ServiceClient,
} from '../http/index.ts';
import { createIdentitySigner, createIdentityVerifier } from '../identity/index.ts';
import { createLogger, createMetrics } from '../telemetry/index.ts';

/** Prints nothing but what would end a process. */
export const quietLogger = createLogger({ service: 'test', version: 'test', level: 'fatal' });

/** Listens on a free port of the loopback. */
export const processSettingsForTest = {
  host: '127.0.0.1',
  port: 0,
  version: 'test',
  logLevel: 'error' as const,
  publicUrl: 'http://localhost:8080',
};

export type Callers = {
  /** Private key of one caller, as its configuration carries it. */
  privateJwk(caller: string): string;
  /** Public keys of all of them. */
  readonly publicJwks: string;
  /** A client of `target` that signs as `caller`. */
  client(caller: string, target: string, baseUrl: string): Promise<ServiceClient>;
};

/** A fresh key for each caller named. */
export async function mintCallers(...names: readonly string[]): Promise<Callers> {
  const privateKeys = new Map<string, string>();
  const keys: JWK[] = [];
  for (const name of names) {
    const pair = await generateKeyPair('EdDSA', { extractable: true });
    privateKeys.set(name, JSON.stringify(await exportJWK(pair.privateKey)));
    keys.push({ ...(await exportJWK(pair.publicKey)), kid: name, alg: 'EdDSA' });
  }
  const privateJwk = (caller: string) => privateKeys.get(caller) ?? '';
  return {
    privateJwk,
    publicJwks: JSON.stringify({ keys }),
    client: async (caller, target, baseUrl) => {
      const signer = await createIdentitySigner({ caller, privateJwk: privateJwk(caller) });
      return createServiceClient({ target, baseUrl, signer });
    },
  };
}

/** Someone with a built-in role on the tenant, or on one client of it. */
export function someone(tenantId: string, role: BuiltInRole, clientId?: string): Identity {
  return {
    actor: { kind: 'user', id: newId('user') },
    tenantId,
    grants: [
      {
        scope: clientId === undefined ? { kind: 'tenant' } : { kind: 'client', clientId },
        permissions: builtInRoles[role],
      },
    ],
  };
}

/** Operations of a neighbour that cannot be imported, served over the contracts' own schemas. */
export async function startNeighbour(
  service: string,
  callers: Callers,
  register: (app: App) => void,
): Promise<{ url: string; close: () => Promise<void> }> {
  const app = await createApp({
    service,
    version: 'test',
    logger: quietLogger,
    metrics: createMetrics(service),
    health: {},
    identity: createIdentityVerifier({ service, publicJwks: callers.publicJwks }),
  });
  register(app);
  const url = await listen(app, processSettingsForTest);
  return { url, close: () => app.close() };
}
