import * as billing from '@pulumi/gcp/billing/index.js';
import * as compute from '@pulumi/gcp/compute/index.js';
import * as logging from '@pulumi/gcp/logging/index.js';
import * as monitoring from '@pulumi/gcp/monitoring/index.js';
import * as organizations from '@pulumi/gcp/organizations/index.js';
import * as projects from '@pulumi/gcp/projects/index.js';
import { interpolate } from '@pulumi/pulumi';
import { clusterName } from '@maxai/topology/entry-names';
import type { GcpStack } from './gcp-stack.ts';

const auditRetentionDays = 400;

function logBucket(stack: GcpStack, name: string, retentionDays: number, filter: string) {
  const { target, within } = stack;
  const bucket = new logging.ProjectBucketConfig(
    name,
    {
      project: target.account,
      location: target.region,
      bucketId: name,
      retentionDays,
      enableAnalytics: true,
      description: `Kept ${retentionDays} days`,
    },
    within,
  );
  const sink = new logging.ProjectSink(
    name,
    {
      name,
      destination: interpolate`logging.googleapis.com/${bucket.id}`,
      filter,
      uniqueWriterIdentity: true,
    },
    within,
  );
  new projects.IAMMember(
    `${name}-writes`,
    { project: target.account, role: 'roles/logging.bucketWriter', member: sink.writerIdentity },
    within,
  );
}

/** Log lines of every process in one place, and apart from them who read which secret. */
export function createLogs(stack: GcpStack): void {
  const cluster = `resource.type="k8s_container" AND resource.labels.cluster_name="${clusterName(stack.environment)}"`;
  logBucket(
    stack,
    'platform',
    stack.sizing.logRetentionDays,
    `(${cluster}) OR resource.type="cloud_run_revision" OR resource.type="cloudsql_database"`,
  );
  logBucket(stack, 'audit', auditRetentionDays, 'logName:"cloudaudit.googleapis.com"');
}

/** Mail at half, nine tenths and all of the month's money, and when the month will end above it. */
export function createBudget(stack: GcpStack): void {
  const { environment, target, sizing, settings, within, labels } = stack;
  const { number } = organizations.getProjectOutput({ projectId: target.account }, within);
  const mail = new monitoring.NotificationChannel(
    'platform',
    {
      displayName: 'Platform team',
      type: 'email',
      labels: { email_address: settings.alertEmail },
      userLabels: labels(),
    },
    within,
  );
  new billing.Budget(
    'month',
    {
      billingAccount: settings.billingAccount,
      displayName: `MaxAI ${environment.name}`,
      budgetFilter: { projects: [interpolate`projects/${number}`] },
      amount: {
        specifiedAmount: { currencyCode: 'USD', units: String(sizing.monthlyBudgetUsd) },
      },
      thresholdRules: [
        { thresholdPercent: 0.5 },
        { thresholdPercent: 0.9 },
        { thresholdPercent: 1 },
        { thresholdPercent: 1, spendBasis: 'FORECASTED_SPEND' },
      ],
      allUpdatesRule: { monitoringNotificationChannels: [mail.id] },
    },
    within,
  );
}

/** A year's commitment for the nodes that always run; what the autoscaler adds is paid as used. */
export function createCommitment(stack: GcpStack): void {
  if (!stack.settings.purchaseCommitments) return;
  const pools = Object.values(stack.sizing.nodePools);
  const vcpu = pools.reduce((sum, { machine, nodesMin }) => sum + machine.vcpu * nodesMin, 0);
  const memoryGb = pools.reduce(
    (sum, { machine, nodesMin }) => sum + machine.memoryGb * nodesMin,
    0,
  );
  new compute.RegionCommitment(
    'nodes',
    {
      name: 'nodes',
      region: stack.target.region,
      type: 'GENERAL_PURPOSE_E2',
      category: 'MACHINE',
      plan: 'TWELVE_MONTH',
      resources: [
        { type: 'VCPU', amount: String(vcpu) },
        { type: 'MEMORY', amount: String(memoryGb * 1024) },
      ],
    },
    { ...stack.within, protect: true },
  );
}

/** Cloud SQL's commitment is bought on the billing account, by hand: Google has no interface for it. */
export function databaseCommitment({ environment, target, sizing }: GcpStack) {
  const { highAvailability } = environment.postgres;
  const copies = highAvailability === 'none' ? 1 : 2;
  return {
    product: 'Cloud SQL committed use discount',
    term: '1 year',
    region: target.region,
    vcpu: sizing.postgres.vcpu * copies,
    memoryGb: sizing.postgres.memoryGb * copies,
    where: 'Billing → Commitments → Purchase, on the billing account of this stack',
  };
}
