import * as artifactregistry from '@pulumi/gcp/artifactregistry/index.js';
import type { GcpStack } from './gcp-stack.ts';

const day = 86_400;

/** Images: a tag never moves, and an image is kept 90 days after it was pushed, the ten newest of each longer. */
export function createRegistry({ target, within, labels }: GcpStack) {
  return new artifactregistry.Repository(
    'platform',
    {
      repositoryId: 'platform',
      location: target.region,
      format: 'DOCKER',
      description: 'Images of the platform',
      dockerConfig: { immutableTags: true },
      vulnerabilityScanningConfig: { enablementConfig: 'INHERITED' },
      cleanupPolicyDryRun: false,
      cleanupPolicies: [
        {
          id: 'retention',
          action: 'DELETE',
          condition: { tagState: 'ANY', olderThan: `${90 * day}s` },
        },
        { id: 'in-use', action: 'KEEP', mostRecentVersions: { keepCount: 10 } },
      ],
      labels: labels(),
    },
    within,
  );
}
