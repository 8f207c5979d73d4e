import { createClient, createConnection, createTenant } from '@maxai/contracts/http/iam';
import type { BodyOf } from '@maxai/contracts/operation';
import { builtInRoles, serviceIdentity, type Identity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import type { LocalPlan } from '@maxai/ops/platform/local-plan';
import { createServiceClient } from '@maxai/runtime/http';
import { createIdentitySigner } from '@maxai/runtime/identity';
import { identitySecret } from '@maxai/topology/model';

export type LocalAgency = {
  readonly tenantId: string;
  readonly clientId: string;
  /** Of its owner, for the public API. */
  readonly apiKey: string;
  /** Connects a provider to the agency's client and returns the connection's id. */
  connect(
    connection: Pick<
      BodyOf<typeof createConnection>,
      'provider' | 'account' | 'credentials' | 'webhookSecrets'
    >,
  ): Promise<string>;
  close(): Promise<void>;
};

/** Where a process of a local plan is reached. */
export function urlOf(plan: LocalPlan, name: string): string {
  const found = plan.processes.find((process) => process.name === name);
  return `http://127.0.0.1:${found?.port}`;
}

/** A new agency with one client on a platform of this machine, made with the operator's own key. */
export async function createLocalAgency(
  plan: LocalPlan,
  secrets: Readonly<Record<string, string>>,
): Promise<LocalAgency> {
  const privateJwk = String(secrets[identitySecret('maxai-ops')]);
  const signer = await createIdentitySigner({ caller: 'maxai-ops', privateJwk });
  const iam = createServiceClient({ target: 'iam', baseUrl: urlOf(plan, 'iam'), signer });
  const { tenant, apiKey } = await iam.call(createTenant, {
    identity: serviceIdentity('maxai-ops', null),
    body: {
      name: 'Measured agency',
      ownerEmail: `${newId('user')}@agency.example`,
      apiKeyName: 'Measurement',
      staffEmails: [],
    },
  });
  const identity: Identity = {
    actor: { kind: 'user', id: newId('user') },
    tenantId: tenant.id,
    grants: [{ scope: { kind: 'tenant' }, permissions: builtInRoles.owner }],
  };
  const client = await iam.call(createClient, { identity, body: { name: 'Measured client' } });
  return {
    tenantId: tenant.id,
    clientId: client.id,
    apiKey: apiKey.secret,
    async connect(connection) {
      const body = { ...connection, clientId: client.id, name: connection.provider };
      return (await iam.call(createConnection, { identity, body })).id;
    },
    close: () => iam.close(),
  };
}
