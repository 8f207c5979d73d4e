import * as cloudrunv2 from '@pulumi/gcp/cloudrunv2/index.js';
import * as compute from '@pulumi/gcp/compute/index.js';
import type { Output } from '@pulumi/pulumi';
import type { WebApp } from '@maxai/topology/model';
import { containerVariables } from '@maxai/topology/render/kubernetes/cluster-wiring';
import { imageReference } from '@maxai/topology/releases';
import { pagesVariables } from '@maxai/topology/shared-pages';
import type { GcpStack } from './gcp-stack.ts';
import type { Network } from './network.ts';
import type { Identities } from './secrets.ts';
import { hostOf } from './settings.ts';
import { sharePages } from './shared-pages.ts';

function probe(app: WebApp, path: string) {
  return { httpGet: { path, port: app.port }, periodSeconds: 10, timeoutSeconds: 5 };
}

/** A web app on Cloud Run: as many instances as its requests need, reached through the balancer only. */
function createCloudRunService(
  stack: GcpStack,
  { vpc, nodes }: Network,
  identities: Identities,
  app: WebApp,
) {
  const { platform, environment, target, within, labels } = stack;
  const charge = { service: app.name, owner: app.owner, costCentre: app.costCentre };
  const { plain } = containerVariables({ platform, environment, cluster: target }, app);
  // Cloud Run sets PORT itself and refuses to be told.
  const variables = Object.entries({ ...plain, ...pagesVariables(app) }).filter(
    ([name]) => name !== 'PORT',
  );
  const { volumes, volumeMounts } = sharePages(stack, identities, app);
  const service = new cloudrunv2.Service(
    app.name,
    {
      name: app.name,
      location: target.region,
      ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
      deletionProtection: stack.protected,
      template: {
        serviceAccount: identities.account(app.name).email,
        maxInstanceRequestConcurrency: app.scaling.targetConcurrency,
        scaling: { minInstanceCount: app.scaling.min, maxInstanceCount: app.scaling.max },
        timeout: '30s',
        // The only one that mounts volumes.
        executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
        volumes,
        vpcAccess: {
          egress: 'PRIVATE_RANGES_ONLY',
          networkInterfaces: [{ network: vpc.id, subnetwork: nodes.id }],
        },
        containers: [
          {
            image: imageReference(environment.name, target, app.name),
            ports: { containerPort: app.port },
            volumeMounts,
            envs: variables.map(([name, value]) => ({ name, value })),
            resources: {
              limits: { cpu: '1', memory: '1Gi' },
              cpuIdle: true,
              startupCpuBoost: true,
            },
            startupProbe: probe(app, app.probes.readiness),
            livenessProbe: probe(app, app.probes.liveness),
          },
        ],
        labels: labels(charge),
      },
      labels: labels(charge),
    },
    within,
  );
  new cloudrunv2.ServiceIamMember(
    app.name,
    { name: service.name, location: target.region, role: 'roles/run.invoker', member: 'allUsers' },
    within,
  );
  return service;
}

function cloudRunGroup(stack: GcpStack, app: WebApp, service: Output<string>) {
  const { target, within } = stack;
  return new compute.RegionNetworkEndpointGroup(
    app.name,
    {
      name: app.name,
      region: target.region,
      networkEndpointType: 'SERVERLESS',
      cloudRun: { service },
    },
    within,
  ).id;
}

function vercelGroup({ within }: GcpStack, app: WebApp, fqdn: string) {
  const group = new compute.GlobalNetworkEndpointGroup(
    app.name,
    { name: app.name, networkEndpointType: 'INTERNET_FQDN_PORT', defaultPort: 443 },
    within,
  );
  new compute.GlobalNetworkEndpoint(
    app.name,
    { globalNetworkEndpointGroup: group.name, fqdn, port: 443 },
    within,
  );
  return group.id;
}

export type WebBackends = ReadonlyMap<string, compute.BackendService>;

/** A backend with a cache at the edge for each web app that is served without the cluster; none while the cluster serves them. */
export function createWebApps(
  stack: GcpStack,
  network: Network,
  identities: Identities,
  firewall: compute.SecurityPolicy,
): WebBackends {
  if (stack.environment.frontends.primary === 'cluster') return new Map();
  const { frontends } = stack.settings;
  const backend = (app: WebApp) => {
    const host = frontends.kind === 'vercel' ? hostOf(frontends, app.name) : null;
    const group =
      host === null
        ? cloudRunGroup(stack, app, createCloudRunService(stack, network, identities, app).name)
        : vercelGroup(stack, app, host);
    return new compute.BackendService(
      app.name,
      {
        name: app.name,
        loadBalancingScheme: 'EXTERNAL_MANAGED',
        protocol: 'HTTPS',
        backends: [{ group }],
        securityPolicy: firewall.id,
        enableCdn: true,
        // Next.js says what may be kept: its static files for a year, its pages as long as they are fresh.
        cdnPolicy: { cacheMode: 'USE_ORIGIN_HEADERS', serveWhileStale: 86_400 },
        compressionMode: 'AUTOMATIC',
        logConfig: { enable: true, sampleRate: 1 },
        ...(host === null ? {} : { customRequestHeaders: [`Host: ${host}`] }),
      },
      stack.within,
    );
  };
  return new Map(stack.platform.webApps.map((app) => [app.name, backend(app)]));
}
