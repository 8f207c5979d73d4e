import * as cloudscheduler from '@pulumi/gcp/cloudscheduler/index.js';
import * as projects from '@pulumi/gcp/projects/index.js';
import * as serviceaccount from '@pulumi/gcp/serviceaccount/index.js';
import * as workflows from '@pulumi/gcp/workflows/index.js';
import { interpolate, type Input } from '@pulumi/pulumi';
import type { GcpStack } from './gcp-stack.ts';

/** A few calls to Google's interfaces, made on a schedule by an account of their own. */
export type ScheduledWorkflow = {
  readonly name: string;
  /** Cron, UTC. */
  readonly schedule: string;
  readonly source: Input<string>;
};

export function scheduleWorkflow(stack: GcpStack, { name, schedule, source }: ScheduledWorkflow) {
  const { target, within, labels } = stack;
  const account = new serviceaccount.Account(name, { accountId: name, displayName: name }, within);
  const member = interpolate`serviceAccount:${account.email}`;
  const workflow = new workflows.Workflow(
    name,
    {
      name,
      region: target.region,
      serviceAccount: account.id,
      callLogLevel: 'LOG_ERRORS_ONLY',
      deletionProtection: stack.protected,
      sourceContents: source,
      labels: labels(),
    },
    within,
  );
  new projects.IAMMember(
    `${name}-starts`,
    { project: target.account, role: 'roles/workflows.invoker', member },
    within,
  );
  new cloudscheduler.Job(
    name,
    {
      name,
      region: target.region,
      schedule,
      timeZone: 'Etc/UTC',
      attemptDeadline: '180s',
      retryConfig: { retryCount: 3 },
      httpTarget: {
        httpMethod: 'POST',
        uri: interpolate`https://workflowexecutions.googleapis.com/v1/${workflow.id}/executions`,
        oauthToken: { serviceAccountEmail: account.email },
      },
    },
    within,
  );
  return { account, member };
}
