import type { Platform } from '@maxai/topology/model';
import { platform } from '@maxai/topology/platform';

/** The platform as it is while its clusters serve the web apps. */
export const servedByCluster: Platform = {
  ...platform,
  environments: platform.environments.map((environment) => ({
    ...environment,
    frontends: { ...environment.frontends, primary: 'cluster' },
  })),
};
