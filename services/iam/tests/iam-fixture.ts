import * as operations from '@maxai/contracts/http/iam';
import type { BodyOf, Operation, ParamsOf, QueryOf, ResultOf } from '@maxai/contracts/operation';
import type { Problem } from '@maxai/contracts/schemas';
import {
  builtInRoles,
  serviceIdentity,
  type BuiltInRole,
  type Identity,
} from '@maxai/kernel/access';
import { fixedClock } from '@maxai/kernel/clock';
import { newId } from '@maxai/kernel/ids';
import { createCache } from '@maxai/runtime/cache';
import { createIdentitySigner, identityHeader } from '@maxai/runtime/identity';
import { createLogger } from '@maxai/runtime/telemetry';
import { createTestDatabase, testRedis } from '@maxai/runtime/testing';
import { exportJWK, generateKeyPair } from 'jose';
import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { createIam, type IamConfig } from '../src/index.ts';

const caller = 'api-gateway';

export type Answer<T> = {
  readonly status: number;
  readonly result: T;
  readonly problem: Problem;
  readonly cookies: readonly string[];
  readonly location: string;
  readonly text: string;
};

export type CallInput<O extends Operation> = {
  readonly as?: Identity;
  readonly params?: ParamsOf<O>;
  readonly query?: QueryOf<O>;
  readonly body?: BodyOf<O>;
  readonly cookie?: string;
};

/** A user of the tenant as the gateway would name it, with a role for the tenant or for one client. */
export function userIdentity(tenantId: string, role: BuiltInRole, clientId?: string): Identity {
  const scope =
    clientId === undefined
      ? ({ kind: 'tenant' } as const)
      : ({ kind: 'client', clientId } as const);
  return {
    actor: { kind: 'user', id: newId('user') },
    tenantId,
    grants: [{ scope, permissions: builtInRoles[role] }],
  };
}

export const staffIdentity: Identity = {
  actor: { kind: 'user', id: newId('user') },
  tenantId: null,
  grants: [{ scope: { kind: 'platform' }, permissions: builtInRoles.staff }],
};
export const provisioner = serviceIdentity('maxai-ops', null);

/** iam on a database and cache of its own, its clock standing until it is called. */
export async function startIam(settings: Partial<IamConfig> = {}) {
  const database = await createTestDatabase('iam');
  const { url: cacheUrl } = await testRedis();
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const publicJwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: caller }] });
  const signer = await createIdentitySigner({
    caller,
    privateJwk: JSON.stringify(await exportJWK(privateKey)),
  });
  const config: IamConfig = {
    port: 0,
    host: '127.0.0.1',
    version: 'test',
    logLevel: 'debug',
    publicUrl: 'http://localhost:8080',
    databaseUrl: database.appUrl,
    databasePoolMax: 4,
    cacheUrl,
    identityPublicJwks: publicJwks,
    oidcIssuer: 'http://127.0.0.1:1',
    oidcClientId: 'iam',
    oidcClientSecret: 'oidc-secret',
    oidcRedirectUrl: 'http://localhost:8080/api/auth/callback',
    encryptionKey: randomBytes(32).toString('base64'),
    sessionTtlSeconds: 86_400,
    flagTtlSeconds: 300,
    ...settings,
  };
  const clock = fixedClock(new Date());
  const logLines: string[] = [];
  const logger = createLogger({
    service: 'iam',
    version: 'test',
    level: 'debug',
    destination: { write: (line) => void logLines.push(line) },
  });
  const iam = await createIam(config, { clock, logger });
  const cache = createCache({ url: cacheUrl });
  const owner = new Pool({ connectionString: database.ownerUrl, max: 2 });

  async function call<O extends Operation>(
    operation: O,
    input: CallInput<O> = {},
  ): Promise<Answer<ResultOf<O>>> {
    clock.advance(1);
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
      encodeURIComponent(String((input.params as Record<string, unknown>)[name])),
    );
    const query = new URLSearchParams(input.query ?? {}).toString();
    const response = await iam.app.inject({
      method: operation.method,
      url: query === '' ? path : `${path}?${query}`,
      headers: {
        ...(input.as !== undefined && { [identityHeader]: await signer.sign(input.as, 'iam') }),
        ...(input.cookie !== undefined && { cookie: input.cookie }),
        'user-agent': 'vitest',
      },
      ...(input.body !== undefined && { payload: input.body as object }),
    });
    const text = response.body;
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    return {
      status: response.statusCode,
      result: json as ResultOf<O>,
      problem: json as Problem,
      cookies: [response.headers['set-cookie'] ?? []].flat(),
      location: String(response.headers['location']),
      text,
    };
  }

  async function createTenant(staffEmails: string[] = [], ownerEmail = 'Owner@Harbor.example') {
    const { result } = await call(operations.createTenant, {
      as: provisioner,
      body: { name: 'Harbor Agency', ownerEmail, apiKeyName: 'first key', staffEmails },
    });
    const tenantId = result.tenant.id;
    return { tenantId, apiKey: result.apiKey, owner: userIdentity(tenantId, 'owner') };
  }

  /** A tenant with one client. */
  async function createAgency() {
    const tenant = await createTenant();
    const { result } = await call(operations.createClient, {
      as: tenant.owner,
      body: { name: 'Bright Smiles Dental' },
    });
    return { ...tenant, client: result };
  }

  async function auditOf(tenantId: string, action: string) {
    const { rows } = await owner.query<{
      actor_kind: string;
      actor_id: string;
      resource: string;
      client_id: string | null;
      detail: Record<string, unknown>;
    }>(
      'select actor_kind, actor_id, resource, client_id, detail from audit_event where tenant_id = $1 and action = $2 order by sequence',
      [tenantId, action],
    );
    return rows;
  }

  return {
    ...iam,
    config,
    clock,
    cache,
    cacheUrl: config.cacheUrl,
    database,
    owner,
    logLines,
    call,
    createTenant,
    createAgency,
    auditOf,
    stop: async () => {
      await iam.close();
      await cache.close();
      await owner.end();
      await database.drop();
    },
  };
}
export type IamFixture = Awaited<ReturnType<typeof startIam>>;
