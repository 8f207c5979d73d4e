import * as projects from '@pulumi/gcp/projects/index.js';
import * as secretmanager from '@pulumi/gcp/secretmanager/index.js';
import * as serviceaccount from '@pulumi/gcp/serviceaccount/index.js';
import { interpolate } from '@pulumi/pulumi';
import {
  cloudIdentities,
  publicKeysReadIn,
  secretsReadIn,
  type CloudIdentity,
} from '@maxai/topology/cloud-identities';
import { cloudIdentityName } from '@maxai/topology/workload-identity';
import { required } from '@maxai/topology/required';
import type { GcpStack } from './gcp-stack.ts';

export type SecretVault = {
  /** Throws for a secret, or the public half of a key, that nobody reads in this environment. */
  readonly secret: (name: string) => secretmanager.Secret;
  readonly names: readonly string[];
};

/** A place for every secret somebody reads here, in two regions; values come by rotation, not by this program. */
export function createSecrets(stack: GcpStack): SecretVault {
  const { platform, environment, target, within, labels } = stack;
  const replicas = [target.region, target.secondaryRegion].map((location) => ({ location }));
  const names = [
    ...secretsReadIn(platform, environment),
    ...publicKeysReadIn(platform, environment),
  ];
  const secrets = new Map(
    names.map((name) => [
      name,
      new secretmanager.Secret(
        name,
        {
          secretId: name,
          replication: { userManaged: { replicas } },
          // A version that was replaced can be brought back for a week.
          versionDestroyTtl: `${7 * 86_400}s`,
          deletionProtection: stack.protected,
          labels: labels(),
        },
        within,
      ),
    ]),
  );
  // Google writes no data-access log unless asked; with it every read names its reader.
  new projects.IAMAuditConfig(
    'secret-reads',
    {
      project: target.account,
      service: 'secretmanager.googleapis.com',
      auditLogConfigs: ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'].map((logType) => ({ logType })),
    },
    within,
  );
  return {
    names,
    secret: (name) => required(secrets.get(name), `Nobody reads ${name} in ${environment.name}`),
  };
}

function createIdentity(stack: GcpStack, vault: SecretVault, identity: CloudIdentity) {
  const { target, within } = stack;
  const account = new serviceaccount.Account(
    identity.name,
    {
      accountId: cloudIdentityName(identity.name),
      displayName: `${identity.name} (${identity.owner}, ${identity.costCentre})`,
    },
    within,
  );
  if (identity.namespace !== null) {
    new serviceaccount.IAMMember(
      `${identity.name}-in-cluster`,
      {
        serviceAccountId: account.name,
        role: 'roles/iam.workloadIdentityUser',
        member: `serviceAccount:${target.account}.svc.id.goog[${identity.namespace}/${identity.name}]`,
      },
      within,
    );
  }
  for (const secret of [...identity.secrets, ...identity.publicKeys]) {
    new secretmanager.SecretIamMember(
      `${identity.name}-reads-${secret}`,
      {
        secretId: vault.secret(secret).secretId,
        role: 'roles/secretmanager.secretAccessor',
        member: interpolate`serviceAccount:${account.email}`,
      },
      within,
    );
  }
  return account;
}

export type Identities = {
  readonly account: (name: string) => serviceaccount.Account;
};

/** One account per workload, which may read its own secrets and nothing else. */
export function createIdentities(stack: GcpStack, vault: SecretVault): Identities {
  const accounts = new Map(
    cloudIdentities(stack.platform, stack.environment).map((identity) => [
      identity.name,
      createIdentity(stack, vault, identity),
    ]),
  );
  return {
    account: (name) => required(accounts.get(name), `No workload is called ${name}`),
  };
}
