import * as storage from '@pulumi/gcp/storage/index.js';
import type { GcpStack } from './gcp-stack.ts';

const day = 86_400;

/** Storage of the backup project, in the other region: what is written there cannot be changed or deleted early. */
export function createBackupBucket(stack: GcpStack, purpose: string, retentionDays: number) {
  const { environment, target, sizing, within, labels } = stack;
  const name = `${sizing.backupAccount}-${environment.name}-${purpose}`;
  return new storage.Bucket(
    purpose,
    {
      name,
      project: sizing.backupAccount,
      location: target.secondaryRegion,
      storageClass: 'NEARLINE',
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      // Locking cannot be undone: only production's copies deserve it.
      retentionPolicy: { retentionPeriod: String(retentionDays * day), isLocked: stack.protected },
      lifecycleRules: [{ action: { type: 'Delete' }, condition: { age: retentionDays + 1 } }],
      labels: labels(),
    },
    { ...within, protect: stack.protected },
  );
}
