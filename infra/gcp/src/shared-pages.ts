import * as storage from '@pulumi/gcp/storage/index.js';
import { interpolate } from '@pulumi/pulumi';
import type { WebApp } from '@maxai/topology/model';
import { pagesFolder, pagesOwner } from '@maxai/topology/shared-pages';
import type { GcpStack } from './gcp-stack.ts';
import type { Identities } from './secrets.ts';

/** Longer than any page is fresh; pages of builds that are gone leave with it. */
const keptDays = 30;

/**
 * A bucket that every instance of an app mounts, because an instance's own disk is its memory and ends with it. Real folders
 * make a rename one step, and nothing is remembered of what another instance may have changed.
 */
export function sharePages(stack: GcpStack, identities: Identities, app: WebApp) {
  if (!app.sharesPages) return { volumes: [], volumeMounts: [] };
  const { target, within, labels } = stack;
  const charge = { service: app.name, owner: app.owner, costCentre: app.costCentre };
  const bucket = new storage.Bucket(
    `${app.name}-pages`,
    {
      name: `${target.account}-${app.name}-pages`,
      location: target.region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      hierarchicalNamespace: { enabled: true },
      forceDestroy: true,
      lifecycleRules: [{ action: { type: 'Delete' }, condition: { age: keptDays } }],
      labels: labels(charge),
    },
    within,
  );
  new storage.BucketIAMMember(
    `${app.name}-pages`,
    {
      bucket: bucket.name,
      role: 'roles/storage.objectUser',
      member: interpolate`serviceAccount:${identities.account(app.name).email}`,
    },
    within,
  );
  const owner = [`uid=${pagesOwner}`, `gid=${pagesOwner}`];
  return {
    volumes: [
      {
        name: 'pages',
        gcs: { bucket: bucket.name, mountOptions: [...owner, 'metadata-cache-ttl-secs=0'] },
      },
    ],
    volumeMounts: [{ name: 'pages', mountPath: pagesFolder }],
  };
}
