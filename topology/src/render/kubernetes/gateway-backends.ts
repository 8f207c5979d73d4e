import { GCPBackendPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/GCPBackendPolicy';
import { HealthCheckPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/HealthCheckPolicy';
import { gatewayNames } from '../../entry-names.ts';
import type { Service, WebApp } from '../../model/index.ts';
import { routedDeployables } from '../../network/pods-in-cluster.ts';
import { cloudObject } from './cloud-object.ts';
import { chargeOf } from './network-charge.ts';
import { canaryServiceName, declarationOf, namespaceOf, objectLabels } from './object-names.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';

/** A pod's own drain is bounded; the load balancer waits as long for what is under way. */
const requestTimeoutSeconds = 30;

/** A client stays with one pod this long, and only among the pods of the version its request was given to. */
const affinitySeconds = 3600;

const health = { intervalSeconds: 10, timeoutSeconds: 5, healthy: 2, unhealthy: 2 } as const;

type Backend = { readonly deployable: Service | WebApp; readonly service: string };

function placeOf({ platform, environment }: RenderTarget, { deployable, service }: Backend) {
  const namespace = namespaceOf(environment, deployable);
  const labels = objectLabels(environment, chargeOf(platform, deployable.name));
  const file = declarationOf(platform, deployable.name);
  const environmentFile = `topology/src/environments/${environment.name}.ts`;
  return {
    metadata: { name: service, namespace, labels },
    at: {
      file: `${namespace}/${deployable.name}`,
      origins: [
        { field: '', file: environmentFile, key: 'loadBalancer' },
        { field: 'spec.default.connectionDraining', file, key: 'probes.drainSeconds' },
      ],
    },
  };
}

function gkePolicies(target: RenderTarget, backend: Backend): RenderedObject[] {
  const { metadata, at } = placeOf(target, backend);
  const targetRef = { group: '', kind: 'Service', name: backend.service };
  const check = new HealthCheckPolicy({
    metadata,
    spec: {
      targetRef,
      default: {
        checkIntervalSec: health.intervalSeconds,
        timeoutSec: health.timeoutSeconds,
        healthyThreshold: health.healthy,
        unhealthyThreshold: health.unhealthy,
        config: {
          type: 'HTTP',
          httpHealthCheck: {
            portSpecification: 'USE_SERVING_PORT',
            requestPath: backend.deployable.probes.readiness,
          },
        },
      },
    },
  });
  const policy = new GCPBackendPolicy({
    metadata,
    spec: {
      targetRef,
      default: {
        timeoutSec: requestTimeoutSeconds,
        connectionDraining: { drainingTimeoutSec: backend.deployable.probes.drainSeconds },
        sessionAffinity: { type: 'GENERATED_COOKIE', cookieTtlSec: affinitySeconds },
        securityPolicy: gatewayNames.firewallPolicy,
      },
    },
  });
  return [rendered(check, at), rendered(policy, at)];
}

/** Stickiness of the target group itself: the cookie that pins a client to a group, across weights, stays off. */
function targetGroup(target: RenderTarget, backend: Backend): RenderedObject {
  const { metadata, at } = placeOf(target, backend);
  const { platform, environment } = target;
  const { name, costCentre } = chargeOf(platform, backend.deployable.name);
  const attributes = {
    'stickiness.enabled': 'true',
    'stickiness.type': 'lb_cookie',
    'stickiness.lb_cookie.duration_seconds': String(affinitySeconds),
    'deregistration_delay.timeout_seconds': String(backend.deployable.probes.drainSeconds),
  };
  return cloudObject(
    {
      apiVersion: 'gateway.k8s.aws/v1',
      kind: 'TargetGroupConfiguration',
      metadata,
      spec: {
        targetReference: { group: '', kind: 'Service', name: backend.service },
        defaultConfiguration: {
          targetType: 'ip',
          protocol: 'HTTP',
          healthCheckConfig: {
            healthCheckProtocol: 'HTTP',
            healthCheckPath: backend.deployable.probes.readiness,
            healthCheckInterval: health.intervalSeconds,
            healthCheckTimeout: health.timeoutSeconds,
            healthyThresholdCount: health.healthy,
            unhealthyThresholdCount: health.unhealthy,
            matcher: { httpCode: '200' },
          },
          targetGroupAttributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
          tags: { environment: environment.shortName, service: name, 'cost-centre': costCentre },
        },
      },
    },
    at,
  );
}

/** How the load balancer treats each version of what is public: health, affinity, draining. */
export function renderGatewayBackends(target: RenderTarget): RenderedObject[] {
  const { kind } = target.cluster;
  if (kind === 'kind') return [];
  const backends = routedDeployables(target).flatMap((deployable) =>
    [deployable.name, canaryServiceName(deployable.name)].map((service) => ({
      deployable,
      service,
    })),
  );
  return backends.flatMap((backend) =>
    kind === 'gke' ? gkePolicies(target, backend) : [targetGroup(target, backend)],
  );
}
