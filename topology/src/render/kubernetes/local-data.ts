import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IContainer } from 'kubernetes-models/v1/Container';
import { Service as KubernetesService } from 'kubernetes-models/v1/Service';
import type { Resources } from '../../model/index.ts';
import { imageReference } from '../../releases.ts';
import { disruptionBudget } from './disruption-budgets.ts';
import { namespaceName, objectLabels } from './object-names.ts';
import { declaredIn, environmentFile } from './origins.ts';
import { localPostgres, localRedis, type Component } from './platform-components.ts';
import { podTemplate } from './pod-template.ts';
import {
  rendered,
  type KubernetesRenderer,
  type RenderedObject,
  type RenderTarget,
} from './rendered-object.ts';
import { secretAccess, type Workload } from './secret-access.ts';
import { secretField } from './secret-templates.ts';
import { wave, waves } from './sync-waves.ts';

const dataFolder = '/var/lib/data';
const secretFolder = '/run/secrets/data';

type Store = {
  readonly component: Component;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** One file of the store's own Secret. */
  readonly secret: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly diskGib: number;
  readonly origin: string;
  /** Exits 0 when it answers. */
  readonly check: readonly string[];
  readonly mounts: readonly { readonly name: string; readonly mountPath: string }[];
};

function postgres({ environment }: RenderTarget): Store {
  return {
    component: localPostgres,
    image: 'postgres',
    args: ['-c', `port=${localPostgres.port}`, '-c', 'max_connections=100'],
    env: {
      PGDATA: `${dataFolder}/pgdata`,
      POSTGRES_DB: environment.postgres.database,
      POSTGRES_PASSWORD_FILE: `${secretFolder}/password`,
    },
    secret: { password: secretField('postgres-admin-password') },
    resources: {
      cpuRequestMillicores: 250,
      memoryRequestMib: 256,
      memoryLimitMib: 512,
      ephemeralStorageMib: 128,
    },
    diskGib: 5,
    origin: 'postgres',
    check: ['pg_isready', '--username', 'postgres', '--port', String(localPostgres.port)],
    mounts: [{ name: 'scratch', mountPath: '/var/run/postgresql' }],
  };
}

function redis({ environment }: RenderTarget, instance: 'cache' | 'queue'): Store {
  const { memoryMb, maxmemoryPolicy, appendOnly } = environment.redis[instance];
  const settings = [
    `port ${localRedis[instance].port}`,
    `dir ${dataFolder}`,
    `maxmemory ${memoryMb}mb`,
    `maxmemory-policy ${maxmemoryPolicy}`,
    `appendonly ${appendOnly ? 'yes' : 'no'}`,
    `requirepass ${secretField(`redis-${instance}-password`)}`,
  ];
  return {
    component: localRedis[instance],
    image: 'redis',
    args: ['redis-server', `${secretFolder}/redis.conf`],
    env: {},
    secret: { 'redis.conf': `${settings.join('\n')}\n` },
    resources: {
      cpuRequestMillicores: 100,
      memoryRequestMib: memoryMb,
      memoryLimitMib: 2 * memoryMb + 64,
      ephemeralStorageMib: 64,
    },
    diskGib: 1,
    origin: `redis.${instance}`,
    // Without the password it answers that it wants one, which is an answer.
    check: ['redis-cli', '-p', String(localRedis[instance].port), 'ping'],
    mounts: [],
  };
}

function containerOf(store: Store): Partial<IContainer> {
  const probe = { exec: { command: [...store.check] } };
  const { port } = store.component;
  return {
    env: Object.entries(store.env).map(([name, value]) => ({ name, value })),
    ports: [{ name: 'data', containerPort: port, protocol: 'TCP' }],
    startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { ...probe, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
    livenessProbe: { tcpSocket: { port: 'data' }, periodSeconds: 15, timeoutSeconds: 5 },
  };
}

function statefulSet(target: RenderTarget, store: Store, workload: Workload): RenderedObject {
  const { environment, cluster } = target;
  const { name, namespace, labels, file, origins } = workload;
  const selector = { 'app.kubernetes.io/name': name };
  const template = podTemplate(
    target,
    {
      name,
      labels,
      selector,
      serviceAccount: name,
      image: imageReference(environment.name, cluster, store.image),
      args: store.args,
      variables: { plain: {}, secret: {} },
      secretName: name,
      resources: store.resources,
      nodePool: 'services-pool',
      priority: 'maxai-data',
    },
    {
      terminationGracePeriodSeconds: 60,
      container: containerOf(store),
      volumes: [{ name: 'secret', secret: { secretName: name, defaultMode: 0o440 } }],
      mounts: [
        { name: 'data', mountPath: dataFolder },
        { name: 'secret', mountPath: secretFolder, readOnly: true },
        ...store.mounts,
      ],
    },
  );
  return rendered(
    new StatefulSet({
      metadata: { name, namespace, labels, annotations: wave(waves.data) },
      spec: {
        replicas: 1,
        serviceName: name,
        selector: { matchLabels: selector },
        template,
        volumeClaimTemplates: [
          {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            metadata: { name: 'data', labels },
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: `${store.diskGib}Gi` } },
            },
          },
        ],
      },
    }),
    { file, origins },
  );
}

function renderStore(target: RenderTarget, store: Store): RenderedObject[] {
  const { environment } = target;
  const { name, port } = store.component;
  const namespace = namespaceName(environment, store.component.namespace);
  const workload: Workload = {
    name,
    namespace,
    labels: objectLabels(environment, store.component),
    file: `${namespace}/${name}`,
    origins: declaredIn(environmentFile(environment), { '': store.origin }),
  };
  const { labels, file, origins } = workload;
  return [
    ...secretAccess(target, workload, [{ name, data: store.secret }]),
    statefulSet(target, store, workload),
    rendered(
      new KubernetesService({
        metadata: { name, namespace, labels, annotations: wave(waves.data) },
        spec: {
          clusterIP: 'None',
          selector: { 'app.kubernetes.io/name': name },
          ports: [{ name: 'data', port, targetPort: 'data', protocol: 'TCP' }],
        },
      }),
      { file, origins },
    ),
    disruptionBudget(workload, { 'app.kubernetes.io/name': name }),
  ];
}

/** The data servers of a cluster that has no cloud around it. */
export const renderLocalData: KubernetesRenderer = (target) =>
  target.cluster.kind === 'kind'
    ? [postgres(target), redis(target, 'cache'), redis(target, 'queue')].flatMap((store) =>
        renderStore(target, store),
      )
    : [];
