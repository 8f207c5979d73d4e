import * as projects from '@pulumi/gcp/projects/index.js';
import type * as sql from '@pulumi/gcp/sql/index.js';
import * as storage from '@pulumi/gcp/storage/index.js';
import { interpolate, jsonStringify } from '@pulumi/pulumi';
import { createBackupBucket } from './backup-storage.ts';
import type { GcpStack } from './gcp-stack.ts';
import { scheduleWorkflow } from './schedule-workflow.ts';

/** Copies each database in full, one object per week and database, without load on the primary. */
function exportSteps(stack: GcpStack, instance: sql.DatabaseInstance, bucket: storage.Bucket) {
  const databases = [stack.environment.postgres.database, 'n8n'];
  const exported = {
    call: 'googleapis.sqladmin.v1.instances.export',
    args: {
      project: stack.target.account,
      instance: instance.name,
      connector_params: { timeout: 4 * 3600 },
      body: {
        exportContext: {
          fileType: 'SQL',
          uri: interpolate`\${"gs://${bucket.name}/" + date + "/" + database + ".sql.gz"}`,
          databases: ['${database}'],
          offload: true,
        },
      },
    },
  };
  return jsonStringify({
    main: {
      steps: [
        { date: { assign: [{ date: '${text.substring(time.format(sys.now()), 0, 10)}' }] } },
        {
          databases: { for: { value: 'database', in: databases, steps: [{ export: exported }] } },
        },
      ],
    },
  });
}

/** Cloud SQL keeps one schedule of its own backups: the yearly ones are exports, outside the project. */
export function createWeeklyBackup(
  stack: GcpStack,
  instance: sql.DatabaseInstance,
  retentionDays: number,
) {
  const { target, within } = stack;
  const bucket = createBackupBucket(stack, 'weekly-database', retentionDays);
  const name = 'weekly-database-backup';
  const { member } = scheduleWorkflow(stack, {
    name,
    schedule: '0 6 * * 0',
    source: exportSteps(stack, instance, bucket),
  });
  const role = new projects.IAMCustomRole(
    name,
    {
      roleId: 'databaseExporter',
      title: 'Exports databases',
      permissions: ['cloudsql.instances.export', 'cloudsql.instances.get'],
    },
    within,
  );
  new projects.IAMMember(
    `${name}-exports`,
    { project: target.account, role: role.name, member },
    within,
  );
  new storage.BucketIAMMember(
    `${name}-writes`,
    {
      bucket: bucket.name,
      role: 'roles/storage.objectCreator',
      member: interpolate`serviceAccount:${instance.serviceAccountEmailAddress}`,
    },
    within,
  );
  return bucket;
}
