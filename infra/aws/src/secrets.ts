import * as iam from '@pulumi/aws/iam/index.js';
import * as secretsmanager from '@pulumi/aws/secretsmanager/index.js';
import { interpolate, jsonStringify, type Output } from '@pulumi/pulumi';
import {
  cloudIdentities,
  publicKeysReadIn,
  secretsReadIn,
  type CloudIdentity,
} from '@maxai/topology/cloud-identities';
import { required } from '@maxai/topology/required';
import { cloudIdentityName } from '@maxai/topology/workload-identity';
import type { AwsStack } from './aws-stack.ts';
import type { Cluster } from './cluster.ts';
import type { Keys } from './keys.ts';
import { policy, trustService } from './policy.ts';

export type SecretVault = {
  /** Throws for a secret, or the public half of a key, that nobody reads in this environment. */
  readonly secret: (name: string) => secretsmanager.Secret;
  readonly names: readonly string[];
};

/** A place for every secret somebody reads here, copied to the second region; values come by rotation, not by this program. */
export function createSecrets(stack: AwsStack, { key, copy }: Keys): SecretVault {
  const { platform, environment, target, within, tags } = stack;
  const names = [
    ...secretsReadIn(platform, environment),
    ...publicKeysReadIn(platform, environment),
  ];
  const secrets = new Map(
    names.map((name) => [
      name,
      new secretsmanager.Secret(
        name,
        {
          name,
          kmsKeyId: key.arn,
          recoveryWindowInDays: 30,
          replicas: [{ region: target.secondaryRegion, kmsKeyId: copy.arn }],
          tags: tags(),
        },
        within,
      ),
    ]),
  );
  return {
    names,
    secret: (name) => required(secrets.get(name), `Nobody reads ${name} in ${environment.name}`),
  };
}

/** Only this service account of this cluster may act as the role. */
export function trustServiceAccount(
  { issuer }: Cluster,
  namespace: string,
  account: string,
): Output<string> {
  return issuer.url.apply((url) => {
    const host = url.replace('https://', '');
    return jsonStringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRoleWithWebIdentity',
          Principal: { Federated: issuer.arn },
          Condition: {
            StringEquals: {
              [`${host}:sub`]: `system:serviceaccount:${namespace}:${account}`,
              [`${host}:aud`]: 'sts.amazonaws.com',
            },
          },
        },
      ],
    });
  });
}

function createIdentity(
  stack: AwsStack,
  cluster: Cluster,
  { key }: Keys,
  vault: SecretVault,
  identity: CloudIdentity,
): iam.Role {
  const { within, tags } = stack;
  const onMachine = identity.name === 'n8n' && stack.environment.n8n.host === 'dedicated VM';
  const outside = onMachine ? 'ec2' : 'ecs-tasks';
  const role = new iam.Role(
    identity.name,
    {
      name: cloudIdentityName(identity.name),
      assumeRolePolicy:
        identity.namespace === null
          ? trustService(outside)
          : trustServiceAccount(cluster, identity.namespace, identity.name),
      tags: tags(identity),
    },
    within,
  );
  const entries = [...identity.secrets, ...identity.publicKeys];
  if (entries.length > 0) {
    new iam.RolePolicy(
      identity.name,
      {
        role: role.id,
        policy: policy([
          {
            Effect: 'Allow',
            Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
            Resource: entries.map((entry) => vault.secret(entry).arn),
          },
          {
            Effect: 'Allow',
            Action: 'kms:Decrypt',
            Resource: key.arn,
            Condition: {
              StringEquals: {
                'kms:ViaService': interpolate`secretsmanager.${stack.target.region}.amazonaws.com`,
              },
            },
          },
        ]),
      },
      within,
    );
  }
  return role;
}

export type Identities = {
  readonly role: (name: string) => iam.Role;
};

/** One role per workload, which may read its own secrets and nothing else. */
export function createIdentities(
  stack: AwsStack,
  cluster: Cluster,
  keys: Keys,
  vault: SecretVault,
): Identities {
  const roles = new Map(
    cloudIdentities(stack.platform, stack.environment).map((identity) => [
      identity.name,
      createIdentity(stack, cluster, keys, vault, identity),
    ]),
  );
  return { role: (name) => required(roles.get(name), `No workload is called ${name}`) };
}
