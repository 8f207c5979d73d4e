import * as backup from '@pulumi/aws/backup/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import type * as rds from '@pulumi/aws/rds/index.js';
import type { AwsStack } from './aws-stack.ts';
import type { Keys } from './keys.ts';
import { trustService } from './policy.ts';

const managed = 'arn:aws:iam::aws:policy/service-role';

/** Full backups every week, kept apart from RDS's own, in both regions. */
export function createBackupPlan(
  stack: AwsStack,
  keys: Keys,
  server: rds.Instance,
  retentionDays: number,
): void {
  const { target, within, tags } = stack;
  const vault = new backup.Vault(
    'weekly-database',
    { name: 'weekly-database', kmsKeyArn: keys.key.arn, tags: tags() },
    { ...within, protect: stack.protected },
  );
  const copy = new backup.Vault(
    'weekly-database-copy',
    {
      name: 'weekly-database-copy',
      region: target.secondaryRegion,
      kmsKeyArn: keys.copy.arn,
      tags: tags(),
    },
    { ...within, protect: stack.protected },
  );
  for (const [name, locked, region] of [
    ['weekly-database', vault, target.region],
    ['weekly-database-copy', copy, target.secondaryRegion],
  ] as const) {
    new backup.VaultLockConfiguration(
      name,
      {
        backupVaultName: locked.name,
        region,
        minRetentionDays: retentionDays,
        // After three days nobody can shorten what production keeps.
        ...(stack.protected ? { changeableForDays: 3 } : {}),
      },
      within,
    );
  }
  const plan = new backup.Plan(
    'weekly-database',
    {
      name: 'weekly-database',
      rules: [
        {
          ruleName: 'weekly',
          targetVaultName: vault.name,
          schedule: 'cron(0 6 ? * SUN *)',
          lifecycle: { deleteAfter: retentionDays },
          copyActions: [
            { destinationVaultArn: copy.arn, lifecycle: { deleteAfter: retentionDays } },
          ],
        },
      ],
      tags: tags(),
    },
    within,
  );
  const role = new iam.Role(
    'backup',
    { assumeRolePolicy: trustService('backup'), tags: tags() },
    within,
  );
  for (const name of [
    'AWSBackupServiceRolePolicyForBackup',
    'AWSBackupServiceRolePolicyForRestores',
  ]) {
    new iam.RolePolicyAttachment(
      name,
      { role: role.name, policyArn: `${managed}/${name}` },
      within,
    );
  }
  new backup.Selection(
    'weekly-database',
    { name: 'database', planId: plan.id, iamRoleArn: role.arn, resources: [server.arn] },
    within,
  );
}
