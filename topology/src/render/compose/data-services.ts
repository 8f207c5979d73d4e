import { composeEnvironment } from './compose-wiring.ts';
import {
  confined,
  healthTiming,
  secretsFolder,
  secretsOf,
  type ComposeService,
} from './compose-service.ts';

/** The numeric users of the upstream images. */
const postgresUser = '999:999';
const redisUser = '999:999';

export const postgresImage = 'docker.io/library/postgres:18-bookworm';
const redisImage = 'docker.io/library/redis:8-bookworm';

const onDataNetwork = { networks: { data: {} }, restart: 'unless-stopped' } as const;

export const postgres: ComposeService = {
  image: postgresImage,
  command: ['postgres', '-c', 'max_connections=200', '-c', 'timezone=UTC'],
  environment: {
    POSTGRES_PASSWORD_FILE: `${secretsFolder}/POSTGRES_PASSWORD`,
    POSTGRES_INITDB_ARGS: '--locale-provider=builtin --builtin-locale=C.UTF-8',
  },
  volumes: ['postgres:/var/lib/postgresql', secretsOf('postgres')],
  // While it is being set up it listens on its socket only.
  healthcheck: {
    test: ['CMD', 'pg_isready', '--host=127.0.0.1', '--username=postgres'],
    ...healthTiming,
  },
  ...onDataNetwork,
  ...confined(postgresUser, 1024, ['/tmp', '/var/run/postgresql:mode=1777']),
  stop_grace_period: '30s',
};

function redis(instance: 'cache' | 'queue'): ComposeService {
  const { memoryMb, maxmemoryPolicy, appendOnly } = composeEnvironment.redis[instance];
  const flags: Record<string, string> = {
    maxmemory: `${memoryMb}mb`,
    'maxmemory-policy': maxmemoryPolicy,
    appendonly: appendOnly ? 'yes' : 'no',
    appendfsync: 'everysec',
    dir: '/data',
    // There is no password: only containers on the inner network reach it.
    'protected-mode': 'no',
    save: '',
  };
  return {
    image: redisImage,
    command: [
      'redis-server',
      ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
    ],
    volumes: [`redis-${instance}:/data`],
    healthcheck: { test: ['CMD', 'redis-cli', 'ping'], ...healthTiming },
    ...onDataNetwork,
    ...confined(redisUser, memoryMb * 2),
  };
}

/** PostgreSQL and the two Redis, each with the settings its use demands. */
export const dataServices: Readonly<Record<string, ComposeService>> = {
  postgres,
  'redis-cache': redis('cache'),
  'redis-queue': redis('queue'),
};

export const dataVolumes = ['postgres', 'redis-cache', 'redis-queue'] as const;
