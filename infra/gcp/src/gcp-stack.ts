import { Provider } from '@pulumi/gcp/provider.js';
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
} from '@pulumi/pulumi';
import { cloudLabels, platformCharge, type Charge } from '@maxai/topology/cloud-identities';
import { cloudSizing, cloudTarget } from '@maxai/topology/environments/cloud-sizing';
import type { CloudSizing } from '@maxai/topology/model/cloud';
import type { CloudTarget, Environment, Platform } from '@maxai/topology/model';
import { required } from '@maxai/topology/required';
import type { GcpSettings } from './settings.ts';

/** One environment on Google Cloud, as every part of the program sees it. */
export type GcpStack = {
  readonly platform: Platform;
  readonly environment: Environment;
  readonly target: CloudTarget;
  readonly sizing: CloudSizing;
  readonly settings: GcpSettings;
  /** Whether deleting its data or its cluster takes a second decision. */
  readonly protected: boolean;
  readonly labels: (charge?: Charge) => Record<string, string>;
  /** Options of a resource: under the environment, with its provider. */
  readonly within: CustomResourceOptions;
};

/** Throws for an environment the platform has not, or that runs on no Google Cloud project. */
export function gcpStack(platform: Platform, stackName: string, settings: GcpSettings): GcpStack {
  const names = platform.environments.map(({ name }) => name).join(', ');
  const environment = required(
    platform.environments.find(({ name }) => name === stackName),
    `No environment ${stackName}: select a stack named after one of ${names}`,
  );
  const sizing = cloudSizing(environment, 'gke');
  const target = cloudTarget(environment, 'gke');
  const labels = (charge: Charge = platformCharge) => cloudLabels(environment, charge);
  const provider = new Provider('gcp', {
    project: target.account,
    region: target.region,
    defaultLabels: labels(),
  });
  const under: ComponentResourceOptions = { providers: [provider] };
  const root = new ComponentResource('maxai:gcp:Environment', environment.name, {}, under);
  return {
    platform,
    environment,
    target,
    sizing,
    settings,
    protected: environment.name === 'production',
    labels,
    within: { parent: root },
  };
}
