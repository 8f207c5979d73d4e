import * as projects from '@pulumi/gcp/projects/index.js';
import type { GcpStack } from './gcp-stack.ts';

const apis = [
  'artifactregistry',
  'billingbudgets',
  'certificatemanager',
  'cloudkms',
  'cloudscheduler',
  'compute',
  'container',
  'dns',
  'iam',
  'logging',
  'monitoring',
  'redis',
  'run',
  'secretmanager',
  'servicenetworking',
  'sqladmin',
  'workflows',
  'workflowexecutions',
];

/** Turns on the services of Google the rest of the program uses. */
export function enableApis({ target, within }: GcpStack): projects.Service[] {
  return apis.map(
    (api) =>
      new projects.Service(
        api,
        {
          project: target.account,
          service: `${api}.googleapis.com`,
          disableOnDestroy: false,
        },
        within,
      ),
  );
}
