import * as kms from '@pulumi/aws/kms/index.js';
import type { AwsStack } from './aws-stack.ts';
import { policy, type Statement } from './policy.ts';

export type Keys = {
  readonly key: kms.Key;
  /** The same key in the second region, for copies that are opened there. */
  readonly copy: kms.ReplicaKey;
};

/** One key of the environment, turned every year, for data, secrets, logs and disks; it opens in both regions. */
export function createKeys(stack: AwsStack): Keys {
  const { environment, target, within, tags } = stack;
  const description = `MaxAI ${environment.name}`;
  const account: Statement = {
    Sid: 'Account',
    Effect: 'Allow',
    Action: 'kms:*',
    Resource: '*',
    Principal: { AWS: `arn:aws:iam::${target.account}:root` },
  };
  const use = [
    'kms:Encrypt*',
    'kms:Decrypt*',
    'kms:ReEncrypt*',
    'kms:GenerateDataKey*',
    'kms:Describe*',
  ];
  const logs: Statement = {
    Sid: 'Logs',
    Effect: 'Allow',
    Action: use,
    Resource: '*',
    Principal: { Service: `logs.${target.region}.amazonaws.com` },
  };
  const key = new kms.Key(
    'environment',
    {
      description,
      enableKeyRotation: true,
      multiRegion: true,
      deletionWindowInDays: 30,
      policy: policy([account, logs]),
      tags: tags(),
    },
    { ...within, protect: stack.protected },
  );
  const copy = new kms.ReplicaKey(
    'environment',
    {
      description: `${description}, second region`,
      primaryKeyArn: key.arn,
      region: target.secondaryRegion,
      policy: policy([account]),
      deletionWindowInDays: 30,
      tags: tags(),
    },
    { ...within, protect: stack.protected },
  );
  return { key, copy };
}
