import { declarationOf } from '../render/kubernetes/object-names.ts';
import { platformFile, type Check } from './finding.ts';

/** The internet reaches what is public, and everything public is reachable. */
export const publicRoutes: Check = (platform) => {
  const open = [
    ...platform.services.filter(({ exposure }) => exposure === 'public'),
    ...platform.webApps,
  ].map(({ name }) => name);
  const isOpen: ReadonlySet<string> = new Set(open);
  const routed: ReadonlySet<string> = new Set(platform.routes.map(({ to }) => to));
  return [
    ...platform.routes
      .filter(({ to }) => !isOpen.has(to))
      .map(({ path, to }) => ({
        check: 'public-routes',
        file: platformFile,
        declaration: `route ${path} to ${to}`,
        reason: `${to} is internal: it trusts signed identities, not the internet`,
        fix: 'Route to api-gateway and declare its call, or make the service public',
      })),
    ...open
      .filter((name) => !routed.has(name))
      .map((name) => ({
        check: 'public-routes',
        file: declarationOf(platform, name),
        declaration: `${name} is public`,
        reason: 'No route leads to it',
        fix: 'Add a route in topology/src/platform.ts or make it internal',
      })),
  ];
};
