import * as cloudtrail from '@pulumi/aws/cloudtrail/index.js';
import * as s3 from '@pulumi/aws/s3/index.js';
import { interpolate } from '@pulumi/pulumi';
import type { AwsStack } from './aws-stack.ts';
import { createBackupBucket } from './backup-storage.ts';
import { policy } from './policy.ts';

const retentionDays = 400;

/** Who did what in the account, every read of a secret among it, where nobody of the account can delete it. */
export function createAudit(stack: AwsStack): void {
  const { target, within, backup, tags } = stack;
  const bucket = createBackupBucket(stack, 'audit', retentionDays);
  const trail = `arn:aws:cloudtrail:${target.region}:${target.account}:trail/audit`;
  const service = { Service: 'cloudtrail.amazonaws.com' };
  const rights = new s3.BucketPolicy(
    'audit',
    {
      bucket: bucket.id,
      policy: policy([
        {
          Effect: 'Allow',
          Action: 's3:GetBucketAcl',
          Resource: bucket.arn,
          Principal: service,
          Condition: { StringEquals: { 'aws:SourceArn': trail } },
        },
        {
          Effect: 'Allow',
          Action: 's3:PutObject',
          Resource: interpolate`${bucket.arn}/AWSLogs/${target.account}/*`,
          Principal: service,
          Condition: {
            StringEquals: { 'aws:SourceArn': trail, 's3:x-amz-acl': 'bucket-owner-full-control' },
          },
        },
      ]),
    },
    backup,
  );
  new cloudtrail.Trail(
    'audit',
    {
      name: 'audit',
      s3BucketName: bucket.id,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      // Reading a secret is a management event of Secrets Manager.
      eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true }],
      tags: tags(),
    },
    { ...within, dependsOn: [rights] },
  );
}
