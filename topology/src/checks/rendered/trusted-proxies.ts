import type { RenderedCheck } from '../finding.ts';
import { objectPath, originFile, podTemplateOf } from './rendered-fields.ts';

/** A process that believes one address too many lets its clients choose theirs; one too few, and all are one. */
export const trustedProxies: RenderedCheck = ({ cluster }, objects) => {
  const believed = cluster.trustedHops.length;
  return objects.flatMap((workload) => {
    const { object } = workload;
    return (podTemplateOf(object)?.spec.containers ?? [])
      .flatMap(({ env = [] }) => env)
      .filter(({ name, value }) => name.endsWith('_TRUSTED_PROXIES') && value !== String(believed))
      .map(({ name, value = '' }) => ({
        check: 'trusted-proxies',
        file: originFile(workload),
        declaration: objectPath(object),
        reason: `${name} is ${value}, but ${believed} addresses of ours follow the client's on ${cluster.kind}`,
        fix: "Declare TRUSTED_PROXIES: trustedProxies(), and the place's way in in topology/src/environments/trusted-hops.ts",
      }));
  });
};
