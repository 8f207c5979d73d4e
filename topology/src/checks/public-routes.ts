import type { Check } from './finding.ts';

/** The internet reaches what is public, and everything public is reachable. */
export const publicRoutes: Check = (platform) => {
  const open: readonly string[] = [
    ...platform.services.filter(({ exposure }) => exposure === 'public').map(({ name }) => name),
    ...platform.webApps.map(({ name }) => name),
  ];
  const routed: ReadonlySet<string> = new Set(platform.routes.map(({ to }) => to));
  return [
    ...platform.routes
      .filter(({ to }) => !open.includes(to))
      .map(({ path, to }) => ({
        check: 'public-routes',
        declaration: `route ${path} to ${to}`,
        reason: `${to} is internal: it trusts signed identities, not the internet`,
        fix: 'Route to api-gateway and declare its call, or make the service public',
      })),
    ...open
      .filter((name) => !routed.has(name))
      .map((name) => ({
        check: 'public-routes',
        declaration: `${name} is public`,
        reason: 'No route leads to it',
        fix: 'Add a route in topology/src/platform.ts or make it internal',
      })),
  ];
};
