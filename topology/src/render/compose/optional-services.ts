import { deployables } from '../../development-plan.ts';
import {
  bind,
  completed,
  confined,
  healthTiming,
  healthy,
  loopbackPort,
  secretsFolder,
  secretsOf,
  type ComposeService,
} from './compose-service.ts';
import { n8nPort, n8nVersion } from '../../n8n-variables.ts';
import { pgbouncerAddress, postgresAddress } from './compose-wiring.ts';
import { postgres, postgresImage } from './data-services.ts';

const prometheusPort = 9090;

/** Run by `psql`, which reads the password from its file: it is in no command line. */
const n8nDatabaseScript = `
export PGPASSWORD="$$(cat ${secretsFolder}/POSTGRES_PASSWORD)"
psql --host=postgres --username=postgres --set=ON_ERROR_STOP=1 --quiet <<'SQL'
\\set password \`cat ${secretsFolder}/DB_POSTGRESDB_PASSWORD\`
select 'create role n8n' where not exists (select from pg_roles where rolname = 'n8n') \\gexec
alter role n8n with login password :'password';
select 'create database n8n owner n8n' where not exists (select from pg_database where datname = 'n8n') \\gexec
SQL
`;

const n8nDatabase: ComposeService = {
  image: postgresImage,
  profiles: ['n8n'],
  entrypoint: ['/bin/sh', '-euc', n8nDatabaseScript],
  volumes: [secretsOf('n8n')],
  depends_on: healthy(['postgres']),
  networks: { data: {} },
  ...confined(postgres.user, 128),
  restart: 'no',
};

const n8n: ComposeService = {
  image: `docker.io/n8nio/n8n:${n8nVersion}`,
  profiles: ['n8n'],
  environment: {
    DB_TYPE: 'postgresdb',
    DB_POSTGRESDB_HOST: 'postgres',
    DB_POSTGRESDB_DATABASE: 'n8n',
    DB_POSTGRESDB_USER: 'n8n',
    DB_POSTGRESDB_PASSWORD_FILE: `${secretsFolder}/DB_POSTGRESDB_PASSWORD`,
    N8N_ENCRYPTION_KEY_FILE: `${secretsFolder}/N8N_ENCRYPTION_KEY`,
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_SECURE_COOKIE: 'false',
  },
  ports: [loopbackPort(n8nPort)],
  volumes: ['n8n:/home/node/.n8n', secretsOf('n8n')],
  depends_on: completed(['n8n-database']),
  healthcheck: {
    test: ['CMD', 'wget', '--quiet', '--spider', `http://127.0.0.1:${n8nPort}/healthz`],
    ...healthTiming,
  },
  networks: { platform: {}, data: {} },
  ...confined('1000:1000', 1024),
  restart: 'unless-stopped',
};

const pgbouncer: ComposeService = {
  image: 'docker.io/edoburu/pgbouncer:v1.24.1-p1',
  profiles: ['pgbouncer'],
  entrypoint: ['/usr/bin/pgbouncer', '/etc/pgbouncer/pgbouncer.ini'],
  volumes: [
    bind('./compose/pgbouncer.ini', '/etc/pgbouncer/pgbouncer.ini'),
    secretsOf('pgbouncer'),
  ],
  depends_on: healthy(['postgres']),
  healthcheck: {
    test: ['CMD', 'pg_isready', '--host=127.0.0.1', `--port=${pgbouncerAddress.split(':')[1]}`],
    ...healthTiming,
  },
  networks: { data: {} },
  ...confined('70:70', 64),
  restart: 'unless-stopped',
};

const prometheus: ComposeService = {
  image: 'docker.io/prom/prometheus:v3.5.0',
  profiles: ['prometheus'],
  command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
  ports: [loopbackPort(prometheusPort)],
  volumes: [
    bind('./compose/prometheus.yml', '/etc/prometheus/prometheus.yml'),
    'prometheus:/prometheus',
  ],
  healthcheck: {
    test: ['CMD', 'wget', '--quiet', '--spider', `http://127.0.0.1:${prometheusPort}/-/ready`],
    ...healthTiming,
  },
  networks: { platform: {} },
  ...confined('65534:65534', 512),
  restart: 'unless-stopped',
};

/** What is started when its profile is asked for. */
export const optionalServices: Readonly<Record<string, ComposeService>> = {
  pgbouncer,
  'n8n-database': n8nDatabase,
  n8n,
  prometheus,
};

export const optionalVolumes = ['n8n', 'prometheus'] as const;

/** Transaction mode, as in the cluster; migrations go to PostgreSQL itself. */
export function pgbouncerSettings(): string {
  const [host, port] = postgresAddress.split(':');
  return `[databases]
* = host=${host} port=${port}

[pgbouncer]
listen_addr = 0.0.0.0
listen_port = ${pgbouncerAddress.split(':')[1]}
auth_type = scram-sha-256
auth_file = ${secretsFolder}/userlist.txt
pool_mode = transaction
max_prepared_statements = 200
max_client_conn = 1000
default_pool_size = 20
max_db_connections = 150
`;
}

/** Every process that answers `/metrics`. */
export function scrapeTargets(): readonly string[] {
  const measured = new Set(['service', 'worker', 'edge']);
  return deployables
    .filter(({ kind }) => measured.has(kind))
    .map(({ name, port }) => `${name}:${port}`);
}
