import { createClient, createConnection, createTenant } from '@maxai/contracts/http/iam';
import { builtInRoles, serviceIdentity, type Identity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { createServiceClient } from '@maxai/runtime/http';
import { createIdentitySigner } from '@maxai/runtime/identity';
import { identitySecret } from '@maxai/topology/model';
import { randomBytes } from 'node:crypto';

export type DrillAgency = {
  readonly tenantId: string;
  /** Of its owner, for the public API. */
  readonly apiKey: string;
  readonly connectionId: string;
  /** What the provider signs its webhooks with. */
  readonly webhookSecret: string;
};

/** An agency with a client whose calls Retell reports, made with the operator's own key. */
export async function makeAgency(given: {
  readonly iamUrl: string;
  readonly secrets: Readonly<Record<string, string>>;
}): Promise<DrillAgency> {
  const privateJwk = String(given.secrets[identitySecret('maxai-ops')]);
  const signer = await createIdentitySigner({ caller: 'maxai-ops', privateJwk });
  const iam = createServiceClient({ target: 'iam', baseUrl: given.iamUrl, signer });
  try {
    const { tenant, apiKey } = await iam.call(createTenant, {
      identity: serviceIdentity('maxai-ops', null),
      body: {
        name: 'Drilled agency',
        ownerEmail: `${newId('user')}@agency.example`,
        apiKeyName: 'Drill',
        staffEmails: [],
      },
    });
    const identity: Identity = {
      actor: { kind: 'user', id: newId('user') },
      tenantId: tenant.id,
      grants: [{ scope: { kind: 'tenant' }, permissions: builtInRoles.owner }],
    };
    const client = await iam.call(createClient, { identity, body: { name: 'Drilled client' } });
    const webhookSecret = randomBytes(24).toString('hex');
    const connection = await iam.call(createConnection, {
      identity,
      body: {
        clientId: client.id,
        name: 'Retell',
        provider: 'retell',
        account: {},
        credentials: { apiKey: webhookSecret },
        webhookSecrets: [webhookSecret],
      },
    });
    return {
      tenantId: tenant.id,
      apiKey: apiKey.secret,
      connectionId: connection.id,
      webhookSecret,
    };
  } finally {
    await iam.close();
  }
}
