import { createHash } from 'node:crypto';
import { Job } from 'kubernetes-models/batch/v1/Job';
import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import {
  databasePassword,
  databaseRole,
  environmentPrefix,
  type Resources,
  type Service,
} from '../../model/index.ts';
import { migrationEntry, operationsImage, provisioningEntry } from '../../image-names.ts';
import { n8nDatabase } from '../../n8n-variables.ts';
import { databaseUrl } from '../../process-environment.ts';
import { imageReference } from '../../releases.ts';
import { clusterWiring, postgresAddress } from './cluster-wiring.ts';
import { migrationName, namespaceName, namespaceOf, objectLabels } from './object-names.ts';
import { because, declaredBy, declaredIn, environmentFile, secretsFile } from './origins.ts';
import { pgbouncer } from './platform-components.ts';
import { podTemplate } from './pod-template.ts';
import {
  rendered,
  type KubernetesRenderer,
  type RenderedObject,
  type RenderTarget,
} from './rendered-object.ts';
import { secretAccess, type Workload } from './secret-access.ts';
import { secretField, templateSecrets } from './secret-templates.ts';
import { wave, waves } from './sync-waves.ts';

const resources: Resources = {
  cpuRequestMillicores: 100,
  memoryRequestMib: 192,
  memoryLimitMib: 384,
  ephemeralStorageMib: 128,
};

type DatabaseJob = {
  readonly workload: Workload;
  readonly image: string;
  readonly args: readonly string[];
  readonly plain: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, string>>;
  readonly order: typeof waves.provisioning | typeof waves.migrations;
};

/** A Job cannot be changed: whatever it runs differently, it runs under another name; to run it again changes nothing. */
function jobName(name: string, template: IPodTemplateSpec): string {
  const digest = createHash('sha256').update(JSON.stringify(template)).digest('hex');
  return `${name}-${digest.slice(0, 10)}`;
}

/** Runs to its end before any pod of the release starts; while it fails the release goes no further. */
function databaseJob(target: RenderTarget, job: DatabaseJob): RenderedObject[] {
  const { environment, cluster } = target;
  const { name, namespace, labels, file, origins } = job.workload;
  const selector = { 'app.kubernetes.io/name': name };
  const template = podTemplate(
    target,
    {
      name,
      labels,
      selector,
      serviceAccount: name,
      image: imageReference(environment.name, cluster, job.image),
      args: job.args,
      variables: { plain: job.plain, secret: job.secret },
      secretName: name,
      resources,
      nodePool: 'jobs-pool',
      priority: 'maxai-data',
    },
    { restartPolicy: 'Never', terminationGracePeriodSeconds: 30 },
  );
  return [
    ...secretAccess(target, job.workload, [{ name, data: job.secret }]),
    rendered(
      new Job({
        metadata: {
          name: jobName(name, template),
          namespace,
          labels,
          annotations: {
            ...wave(job.order),
            'argocd.argoproj.io/hook': 'Sync',
            'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
          },
        },
        spec: {
          backoffLimit: 4,
          activeDeadlineSeconds: 1800,
          ttlSecondsAfterFinished: 86_400,
          template,
        },
      }),
      {
        file,
        origins: [
          ...origins,
          because(
            `topology/releases/${environment.name}.json`,
            'metadata.name',
            'images',
            'What runs differently has another name',
          ),
        ],
      },
    ),
  ];
}

/** Encrypted outside one machine; the certificate is the cloud's own, so only the network names the server. */
function encryption({ environment }: RenderTarget): string {
  return environment.name === 'development' ? '' : '?uselibpqcompat=true&sslmode=require';
}

function migrations(target: RenderTarget, service: Service): RenderedObject[] {
  const { platform, environment } = target;
  if (service.database === null) return [];
  const name = migrationName(service.name);
  const namespace = namespaceOf(environment, service);
  const direct = { ...clusterWiring(target), databaseHost: postgresAddress(target) };
  const url = databaseUrl(direct, service.database.schema, 'owner');
  const { owner, costCentre } = service;
  return databaseJob(target, {
    workload: {
      name,
      namespace,
      labels: objectLabels(environment, { name, owner, costCentre }),
      file: `${namespace}/${service.name}`,
      origins: declaredBy(platform, service.name, { '': 'database.schema' }),
    },
    image: service.name,
    args: [migrationEntry(service.name)],
    plain: {},
    secret: {
      [`${environmentPrefix(service.name)}_OWNER_DATABASE_URL`]: `${url}${encryption(target)}`,
    },
    order: waves.migrations,
  });
}

/** Where a cloud runs n8n beside the cluster: its database in the shared PostgreSQL, and the role that owns it. */
function databaseOfN8n({ cluster }: RenderTarget): Record<string, string> {
  if (cluster.kind === 'kind') return {};
  const { database, role } = n8nDatabase;
  const password = secretField('n8n-database-password');
  return {
    PROVISION_OWNED: `[{"database":"${database}","role":"${role}","password":"${password}"}]`,
  };
}

/** Makes the database, and in it each schema with its two roles, passwords included. */
function provisioning(target: RenderTarget): RenderedObject[] {
  const { platform, environment } = target;
  const { owner, costCentre } = pgbouncer;
  const namespace = namespaceName(environment, 'services');
  const schemas = platform.services.flatMap(({ database }) =>
    database === null ? [] : [database.schema],
  );
  const roles = schemas.map((schema) => {
    const of = (role: 'owner' | 'app') =>
      `"${role}Role":"${databaseRole(schema, role)}","${role}Password":"${secretField(databasePassword(schema, role))}"`;
    return `{"schema":"${schema}",${of('owner')},${of('app')}}`;
  });
  const password = templateSecrets.secretInUrl('postgres-admin-password');
  return databaseJob(target, {
    workload: {
      name: 'provisioning',
      namespace,
      labels: objectLabels(environment, { name: 'provisioning', owner, costCentre }),
      file: `${namespace}/provisioning`,
      origins: [
        ...declaredIn(environmentFile(environment), { '': 'postgres.database' }),
        because(secretsFile, 'spec.template', 'postgres-admin-password', 'No process runs with it'),
      ],
    },
    image: operationsImage,
    args: [provisioningEntry],
    plain: { PROVISION_DATABASE: environment.postgres.database },
    secret: {
      PROVISION_ADMIN_URL: `postgres://postgres:${password}@${postgresAddress(target)}/postgres${encryption(target)}`,
      PROVISION_SCHEMAS: `[${roles.join()}]`,
      ...databaseOfN8n(target),
    },
    order: waves.provisioning,
  });
}

/** Roles and schemas, then every service's migrations. */
export const renderDatabaseJobs: KubernetesRenderer = (target) => [
  ...provisioning(target),
  ...target.platform.services.flatMap((service) => migrations(target, service)),
];
