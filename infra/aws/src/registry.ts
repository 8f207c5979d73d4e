import * as ecr from '@pulumi/aws/ecr/index.js';
import { jsonStringify } from '@pulumi/pulumi';
import { releases } from '@maxai/topology/releases';
import type { AwsStack } from './aws-stack.ts';
import type { Keys } from './keys.ts';

const retention = {
  rules: [
    {
      rulePriority: 1,
      description: 'Kept 90 days',
      selection: {
        tagStatus: 'any',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: 90,
      },
      action: { type: 'expire' },
    },
  ],
};

/** A repository for each image: a tag never moves, an image is kept 90 days after it was pushed, in both regions. */
export function createRegistry(stack: AwsStack, { key }: Keys): void {
  const { environment, target, within, tags } = stack;
  const folder = target.registry.split('/')[1];
  for (const image of [...Object.keys(releases[environment.name].images), 'n8n']) {
    const repository = new ecr.Repository(
      image,
      {
        name: `${folder}/${image}`,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey: key.arn }],
        tags: tags(),
      },
      within,
    );
    new ecr.LifecyclePolicy(
      image,
      { repository: repository.name, policy: jsonStringify(retention) },
      within,
    );
  }
  new ecr.ReplicationConfiguration(
    'second-region',
    {
      replicationConfiguration: {
        rules: [
          {
            destinations: [{ region: target.secondaryRegion, registryId: target.account }],
            repositoryFilters: [{ filter: `${folder}/`, filterType: 'PREFIX_MATCH' }],
          },
        ],
      },
    },
    within,
  );
}
