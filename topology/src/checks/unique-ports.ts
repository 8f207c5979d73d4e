import { declarationOf } from '../render/kubernetes/object-names.ts';
import { environmentFile, type Check } from './finding.ts';

/** No two processes of one machine listen on the same port. */
export const uniquePorts: Check = (platform) => {
  const development = platform.environments.find(({ name }) => name === 'development');
  const listeners = [
    ...[
      ...platform.services,
      ...platform.workers,
      ...platform.webApps,
      platform.edge,
      platform.sandbox,
    ].map(({ name, port }) => ({ name, port, file: declarationOf(platform, name) })),
    ...(development === undefined
      ? []
      : [
          { name: 'PostgreSQL', port: development.postgres.port },
          { name: 'Redis cache', port: development.redis.cache.port },
          { name: 'Redis queue', port: development.redis.queue.port },
          ...Object.entries(development.observability ?? {}).map(([name, port]) => ({
            name,
            port,
          })),
        ].map((server) => ({ ...server, file: environmentFile(development) }))),
  ];
  return listeners.flatMap(({ name, port, file }, index) => {
    const first = listeners.findIndex((other) => other.port === port);
    return first === index
      ? []
      : [
          {
            check: 'unique-ports',
            file,
            declaration: `${name}, port ${port}`,
            reason: `${listeners[first]?.name} listens there as well`,
            fix: `Give one of them another port in ${file} or ${listeners[first]?.file}`,
          },
        ];
  });
};
