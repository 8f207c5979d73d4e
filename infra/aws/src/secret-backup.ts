import * as iam from '@pulumi/aws/iam/index.js';
import * as kms from '@pulumi/aws/kms/index.js';
import * as s3 from '@pulumi/aws/s3/index.js';
import * as scheduler from '@pulumi/aws/scheduler/index.js';
import * as sfn from '@pulumi/aws/sfn/index.js';
import { interpolate, jsonStringify, type Output } from '@pulumi/pulumi';
import type { AwsStack } from './aws-stack.ts';
import { createBackupBucket } from './backup-storage.ts';
import type { Keys } from './keys.ts';
import { policy, trustService } from './policy.ts';
import type { SecretVault } from './secrets.ts';

const name = 'secret-backup';
const retentionDays = 90;

/** Reads each secret and stores it, sealed by the backup account's key; one after another. */
function copySteps(vault: SecretVault, bucket: s3.Bucket, key: kms.Key): Output<string> {
  return jsonStringify({
    StartAt: 'Secrets',
    States: {
      Secrets: { Type: 'Pass', Result: vault.names, ResultPath: '$.secrets', Next: 'Copy' },
      Copy: {
        Type: 'Map',
        ItemsPath: '$.secrets',
        ItemSelector: { 'name.$': '$$.Map.Item.Value', 'started.$': '$$.Execution.StartTime' },
        MaxConcurrency: 1,
        ResultPath: null,
        End: true,
        ItemProcessor: {
          StartAt: 'Read',
          States: {
            Read: {
              Type: 'Task',
              Resource: 'arn:aws:states:::aws-sdk:secretsmanager:getSecretValue',
              Parameters: { 'SecretId.$': '$.name' },
              ResultSelector: { 'value.$': '$.SecretString' },
              ResultPath: '$.secret',
              Next: 'Store',
            },
            Store: {
              Type: 'Task',
              Resource: 'arn:aws:states:::aws-sdk:s3:putObject',
              Parameters: {
                Bucket: bucket.id,
                'Key.$': "States.Format('{}/{}', $.started, $.name)",
                'Body.$': '$.secret.value',
                ServerSideEncryption: 'aws:kms',
                SsekmsKeyId: key.arn,
              },
              ResultPath: null,
              End: true,
            },
          },
        },
      },
    },
  });
}

/** A key that only the backup account can open with; the copier can seal with it. */
function createBackupKey({ sizing, backup, tags, protected: kept }: AwsStack, copier: iam.Role) {
  return new kms.Key(
    name,
    {
      description: 'Copies of secrets',
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: policy([
        {
          Effect: 'Allow',
          Action: 'kms:*',
          Resource: '*',
          Principal: { AWS: `arn:aws:iam::${sizing.backupAccount}:root` },
        },
        {
          Effect: 'Allow',
          Action: ['kms:Encrypt', 'kms:GenerateDataKey'],
          Resource: '*',
          Principal: { AWS: copier.arn },
        },
      ]),
      tags: tags(),
    },
    { ...backup, protect: kept },
  );
}

function permit(
  { within, backup }: AwsStack,
  copier: iam.Role,
  { key }: Keys,
  vault: SecretVault,
  bucket: s3.Bucket,
  backupKey: kms.Key,
): void {
  const objects = interpolate`${bucket.arn}/*`;
  new iam.RolePolicy(
    name,
    {
      role: copier.id,
      policy: policy([
        {
          Effect: 'Allow',
          Action: 'secretsmanager:GetSecretValue',
          Resource: vault.names.map((secret) => vault.secret(secret).arn),
        },
        { Effect: 'Allow', Action: 'kms:Decrypt', Resource: key.arn },
        {
          Effect: 'Allow',
          Action: ['kms:Encrypt', 'kms:GenerateDataKey'],
          Resource: backupKey.arn,
        },
        { Effect: 'Allow', Action: 's3:PutObject', Resource: objects },
      ]),
    },
    within,
  );
  new s3.BucketPolicy(
    'secrets',
    {
      bucket: bucket.id,
      policy: policy([
        {
          Effect: 'Allow',
          Action: 's3:PutObject',
          Resource: objects,
          Principal: { AWS: copier.arn },
        },
      ]),
    },
    backup,
  );
}

/** Daily copies of every secret in another account and region, sealed with a key that only exists there. */
export function createSecretBackup(stack: AwsStack, keys: Keys, vault: SecretVault): void {
  const { within, tags } = stack;
  const copier = new iam.Role(
    name,
    { name: 'secret-backup', assumeRolePolicy: trustService('states'), tags: tags() },
    within,
  );
  const bucket = createBackupBucket(stack, 'secrets', retentionDays);
  const backupKey = createBackupKey(stack, copier);
  permit(stack, copier, keys, vault, bucket, backupKey);
  const machine = new sfn.StateMachine(
    name,
    {
      name,
      // An express run keeps no history, and nothing is logged: values pass through and are gone.
      type: 'EXPRESS',
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      roleArn: copier.arn,
      definition: copySteps(vault, bucket, backupKey),
      tags: tags(),
    },
    within,
  );
  const starter = new iam.Role(
    `${name}-schedule`,
    { assumeRolePolicy: trustService('scheduler'), tags: tags() },
    within,
  );
  new iam.RolePolicy(
    `${name}-schedule`,
    {
      role: starter.id,
      policy: policy([{ Effect: 'Allow', Action: 'states:StartExecution', Resource: machine.arn }]),
    },
    within,
  );
  new scheduler.Schedule(
    name,
    {
      name,
      scheduleExpression: 'cron(0 3 * * ? *)',
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: machine.arn, roleArn: starter.arn },
    },
    within,
  );
}
