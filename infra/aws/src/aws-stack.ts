import { Provider } from '@pulumi/aws/provider.js';
import { ComponentResource, type CustomResourceOptions } from '@pulumi/pulumi';
import { cloudLabels, platformCharge, type Charge } from '@maxai/topology/cloud-identities';
import { cloudSizing, cloudTarget } from '@maxai/topology/environments/cloud-sizing';
import type { CloudTarget, Environment, Platform } from '@maxai/topology/model';
import type { CloudSizing } from '@maxai/topology/model/cloud';
import { required } from '@maxai/topology/required';
import type { AwsSettings } from './settings.ts';

/** One environment on Amazon Web Services, as every part of the program sees it. */
export type AwsStack = {
  readonly platform: Platform;
  readonly environment: Environment;
  readonly target: CloudTarget;
  readonly sizing: CloudSizing;
  readonly settings: AwsSettings;
  /** Whether deleting its data or its cluster takes a second decision. */
  readonly protected: boolean;
  readonly tags: (charge?: Charge) => Record<string, string>;
  /** Options of a resource: under the environment, with its provider. */
  readonly within: CustomResourceOptions;
  /** The same in the account that keeps copies, in the second region. */
  readonly backup: CustomResourceOptions;
};

/** Throws for an environment the platform has not, or that runs on no AWS account. */
export function awsStack(platform: Platform, stackName: string, settings: AwsSettings): AwsStack {
  const names = platform.environments.map(({ name }) => name).join(', ');
  const environment = required(
    platform.environments.find(({ name }) => name === stackName),
    `No environment ${stackName}: select a stack named after one of ${names}`,
  );
  const sizing = cloudSizing(environment, 'eks');
  const target = cloudTarget(environment, 'eks');
  const tags = (charge: Charge = platformCharge) => cloudLabels(environment, charge);
  const provider = new Provider('aws', {
    region: target.region,
    allowedAccountIds: [target.account],
    defaultTags: { tags: tags() },
  });
  const root = new ComponentResource(
    'maxai:aws:Environment',
    environment.name,
    {},
    { providers: [provider] },
  );
  const backupProvider = new Provider('aws-backup', {
    region: target.secondaryRegion,
    allowedAccountIds: [sizing.backupAccount],
    assumeRoles: [{ roleArn: `arn:aws:iam::${sizing.backupAccount}:role/maxai-infrastructure` }],
    defaultTags: { tags: tags() },
  });
  return {
    platform,
    environment,
    target,
    sizing,
    settings,
    protected: environment.name === 'production',
    tags,
    within: { parent: root },
    backup: { parent: root, provider: backupProvider },
  };
}
