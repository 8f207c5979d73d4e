import { Gateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import { GatewayClass } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass';
import { gatewayNames } from '../../entry-names.ts';
import type { ClusterTarget } from '../../model/index.ts';
import { routedDeployables } from '../../network/pods-in-cluster.ts';
import { gatewayNamespace, hostnamesOf, publicGateway } from './gateway-names.ts';
import { chargeOf } from './network-charge.ts';
import { namespaceOf, objectLabels } from './object-names.ts';
import {
  rendered,
  type Origin,
  type RenderedObject,
  type RenderTarget,
} from './rendered-object.ts';

/** Who builds the load balancer: GKE's own class, the AWS controller's, or Kind's. */
export const gatewayClass = {
  gke: 'gke-l7-global-external-managed',
  eks: 'alb',
  kind: 'cloud-provider-kind',
} as const satisfies Record<ClusterTarget['kind'], string>;

/** GKE and Kind bring their classes along; on EKS it is an object of the cluster. */
function classes(target: RenderTarget): RenderedObject[] {
  const { platform, environment, cluster } = target;
  if (cluster.kind !== 'eks') return [];
  const model = new GatewayClass({
    metadata: {
      name: gatewayClass.eks,
      labels: objectLabels(environment, chargeOf(platform, publicGateway.name)),
    },
    spec: { controllerName: 'gateway.k8s.aws/alb' },
  });
  return [
    rendered(model, {
      file: 'cluster/gateway',
      origins: [entryOrigin(target, '', 'loadBalancer')],
    }),
  ];
}

function entryOrigin({ environment }: RenderTarget, field: string, key: string): Origin {
  return { field, file: `topology/src/environments/${environment.name}.ts`, key };
}

/** What the cloud made beforehand: the address the names point at, and the certificates. */
function cloudParts({ cluster }: RenderTarget) {
  if (cluster.kind === 'gke') {
    return {
      annotations: { 'networking.gke.io/certmap': gatewayNames.certificateMap },
      spec: { addresses: [{ type: 'NamedAddress', value: gatewayNames.address }] },
    };
  }
  if (cluster.kind === 'kind') return { annotations: {}, spec: {} };
  const reference = {
    group: 'gateway.k8s.aws',
    kind: 'LoadBalancerConfiguration',
    name: publicGateway.name,
  };
  return {
    annotations: {},
    spec: { infrastructure: { parametersRef: reference } },
  };
}

/** One listener for each name, so that certificates are found by it; without names one, on loopback and in the clear. */
function listeners(target: RenderTarget) {
  const { environment } = target;
  const { publicPort, tls } = environment.loadBalancer;
  const namespaces = routedDeployables(target).map((deployable) =>
    namespaceOf(environment, deployable),
  );
  const common = {
    port: publicPort,
    allowedRoutes: {
      kinds: [{ kind: 'HTTPRoute' }],
      namespaces: {
        from: 'Selector' as const,
        selector: {
          matchExpressions: [
            {
              key: 'kubernetes.io/metadata.name',
              operator: 'In' as const,
              values: [...new Set(namespaces)],
            },
          ],
        },
      },
    },
  };
  if (tls === 'none: loopback only')
    return [{ ...common, name: 'http', protocol: 'HTTP' as const }];
  return hostnamesOf(environment).map((hostname) => ({
    ...common,
    name: hostname.replaceAll('.', '-'),
    protocol: 'HTTPS' as const,
    hostname,
  }));
}

/** The load balancer: one port, and only routes from the namespaces of what is public. */
export function renderGateway(target: RenderTarget): RenderedObject[] {
  const { platform, environment, cluster } = target;
  const { annotations, spec } = cloudParts(target);
  const gateway = new Gateway({
    metadata: {
      name: publicGateway.name,
      namespace: gatewayNamespace(environment),
      labels: objectLabels(environment, chargeOf(platform, publicGateway.name)),
      annotations,
    },
    spec: { gatewayClassName: gatewayClass[cluster.kind], listeners: listeners(target), ...spec },
  });
  const file = `${gatewayNamespace(environment)}/gateway`;
  return [
    ...classes(target),
    rendered(gateway, {
      file,
      origins: [
        entryOrigin(target, '', 'loadBalancer'),
        entryOrigin(target, 'spec.listeners', 'dns'),
      ],
    }),
  ];
}
