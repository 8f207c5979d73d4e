import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service as KubernetesService } from 'kubernetes-models/v1/Service';
import { databasePassword, databaseRole, type SchemaName } from '../../model/index.ts';
import { imageReference } from '../../releases.ts';
import { postgresAddress } from './cluster-wiring.ts';
import { disruptionBudget } from './disruption-budgets.ts';
import { namespaceName, objectLabels } from './object-names.ts';
import { because, declaredIn, environmentFile, platformFile } from './origins.ts';
import { pgbouncer } from './platform-components.ts';
import { podTemplate } from './pod-template.ts';
import {
  rendered,
  type KubernetesRenderer,
  type RenderedObject,
  type RenderTarget,
} from './rendered-object.ts';
import { secretAccess, type Workload } from './secret-access.ts';
import { secretField } from './secret-templates.ts';

/** Two, so that one may go; together they stay within the environment's bounds. */
const replicas = 2;
const localBounds = { min: 10, max: 40 };
const settingsFolder = '/etc/pgbouncer';
const usersFolder = '/etc/pgbouncer-users';

/** Finishing what is under way; the pool has no work of its own. */
const graceSeconds = 45;

function schemasOf({ platform }: RenderTarget): SchemaName[] {
  return platform.services.flatMap(({ database }) => (database === null ? [] : [database.schema]));
}

/** Connections to PostgreSQL of one pod, shared out evenly: no service can take them all. */
export function poolSizes(target: RenderTarget) {
  const { min, max } = target.environment.postgres.pooledConnections ?? localBounds;
  const pools = schemasOf(target).length;
  return {
    maxDbConnections: Math.floor(max / replicas),
    poolSize: Math.floor(max / replicas / pools),
    minPoolSize: Math.ceil(min / replicas / pools),
    replicas,
  };
}

/** `SET LOCAL` and prepared statements work in transaction mode from 1.21 on. */
function settings(target: RenderTarget): string {
  const { maxDbConnections, poolSize, minPoolSize } = poolSizes(target);
  const { environment } = target;
  const [host, port] = postgresAddress(target).split(':');
  const { database } = environment.postgres;
  const lines = {
    listen_addr: '0.0.0.0',
    listen_port: pgbouncer.port,
    auth_type: 'scram-sha-256',
    auth_file: `${usersFolder}/userlist.txt`,
    pool_mode: 'transaction',
    max_prepared_statements: 200,
    max_client_conn: 2000,
    default_pool_size: poolSize,
    min_pool_size: minPoolSize,
    max_db_connections: maxDbConnections,
    server_tls_sslmode: environment.name === 'development' ? 'disable' : 'require',
    server_login_retry: 3,
    query_wait_timeout: 10,
    ignore_startup_parameters: 'extra_float_digits,options',
    log_connections: 0,
    log_disconnections: 0,
  };
  const text = Object.entries(lines).map(([key, value]) => `${key} = ${value}`);
  return `[databases]\n${database} = host=${host} port=${port} dbname=${database}\n\n[pgbouncer]\n${text.join('\n')}\n`;
}

function users(target: RenderTarget): string {
  return schemasOf(target)
    .map(
      (schema) =>
        `"${databaseRole(schema, 'app')}" "${secretField(databasePassword(schema, 'app'))}"\n`,
    )
    .join('');
}

function workloadOf({ environment }: RenderTarget): Workload {
  const namespace = namespaceName(environment, pgbouncer.namespace);
  return {
    name: pgbouncer.name,
    namespace,
    labels: objectLabels(environment, pgbouncer),
    file: `${namespace}/${pgbouncer.name}`,
    origins: declaredIn(environmentFile(environment), { '': 'postgres.pooledConnections' }),
  };
}

function deployment(target: RenderTarget, workload: Workload): RenderedObject {
  const { environment, cluster } = target;
  const { name, namespace, labels, file, origins } = workload;
  const selector = { 'app.kubernetes.io/name': name };
  // Ready is who speaks the protocol; alive, whose port is open.
  const alive = { tcpSocket: { port: 'postgres' } };
  const ready = {
    exec: { command: ['pg_isready', '--host', '127.0.0.1', '--port', String(pgbouncer.port)] },
  };
  const template = podTemplate(
    target,
    {
      name,
      labels,
      selector,
      serviceAccount: name,
      image: imageReference(environment.name, cluster, name),
      args: [`${settingsFolder}/pgbouncer.ini`],
      variables: { plain: {}, secret: {} },
      secretName: name,
      resources: {
        cpuRequestMillicores: 250,
        memoryRequestMib: 64,
        memoryLimitMib: 128,
        ephemeralStorageMib: 64,
      },
      nodePool: 'services-pool',
      priority: 'maxai-data',
    },
    {
      terminationGracePeriodSeconds: graceSeconds,
      container: {
        ports: [{ name: 'postgres', containerPort: pgbouncer.port, protocol: 'TCP' }],
        startupProbe: { ...alive, periodSeconds: 2, failureThreshold: 15 },
        readinessProbe: { ...ready, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 2 },
        livenessProbe: { ...alive, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 },
        lifecycle: { preStop: { sleep: { seconds: 20 } } },
      },
      volumes: [
        { name: 'settings', configMap: { name, defaultMode: 0o444 } },
        { name: 'users', secret: { secretName: name, defaultMode: 0o440 } },
      ],
      mounts: [
        { name: 'settings', mountPath: settingsFolder, readOnly: true },
        { name: 'users', mountPath: usersFolder, readOnly: true },
      ],
    },
  );
  return rendered(
    new Deployment({
      metadata: { name, namespace, labels, annotations: { 'reloader.stakater.com/auto': 'true' } },
      spec: {
        replicas,
        revisionHistoryLimit: 3,
        minReadySeconds: 5,
        selector: { matchLabels: selector },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template,
      },
    }),
    { file, origins },
  );
}

/** Between every process and PostgreSQL, in transaction mode. */
export const renderConnectionPool: KubernetesRenderer = (target) => {
  const workload = workloadOf(target);
  const { name, namespace, labels, file, origins } = workload;
  return [
    ...secretAccess(target, workload, [{ name, data: { 'userlist.txt': users(target) } }]),
    rendered(
      new ConfigMap({
        metadata: { name, namespace, labels },
        data: { 'pgbouncer.ini': settings(target) },
      }),
      {
        file,
        origins: [
          ...origins,
          because(platformFile, 'data', 'services', 'One pool for each schema that is owned'),
        ],
      },
    ),
    deployment(target, workload),
    rendered(
      new KubernetesService({
        metadata: { name, namespace, labels },
        spec: {
          type: 'ClusterIP',
          selector: { 'app.kubernetes.io/name': name },
          ports: [
            {
              name: 'postgres',
              port: pgbouncer.port,
              targetPort: 'postgres',
              protocol: 'TCP',
              appProtocol: 'tcp',
            },
          ],
        },
      }),
      { file, origins },
    ),
    disruptionBudget(workload, { 'app.kubernetes.io/name': name }),
  ];
};
