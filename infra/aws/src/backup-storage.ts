import * as s3 from '@pulumi/aws/s3/index.js';
import type { AwsStack } from './aws-stack.ts';

/** Storage of the backup account, in the other region: what is written there cannot be changed or deleted early. */
export function createBackupBucket(stack: AwsStack, purpose: string, retentionDays: number) {
  const { environment, sizing, backup, tags } = stack;
  const bucket = new s3.Bucket(
    purpose,
    {
      bucket: `maxai-${sizing.backupAccount}-${environment.name}-${purpose}`,
      objectLockEnabled: true,
      tags: tags(),
    },
    { ...backup, protect: stack.protected },
  );
  new s3.BucketVersioning(
    purpose,
    { bucket: bucket.id, versioningConfiguration: { status: 'Enabled' } },
    backup,
  );
  new s3.BucketPublicAccessBlock(
    purpose,
    {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    backup,
  );
  new s3.BucketObjectLockConfiguration(
    purpose,
    {
      bucket: bucket.id,
      // In production not even the account's owner can shorten it.
      rule: {
        defaultRetention: {
          mode: stack.protected ? 'COMPLIANCE' : 'GOVERNANCE',
          days: retentionDays,
        },
      },
    },
    backup,
  );
  new s3.BucketLifecycleConfiguration(
    purpose,
    {
      bucket: bucket.id,
      rules: [
        {
          id: 'retention',
          status: 'Enabled',
          filter: { prefix: '' },
          expiration: { days: retentionDays + 1 },
          noncurrentVersionExpiration: { noncurrentDays: 1 },
        },
      ],
    },
    backup,
  );
  return bucket;
}
