import { GCPGatewayPolicy } from '@kubernetes-models/gke/networking.gke.io/v1/GCPGatewayPolicy';
import { gatewayNames } from '../../entry-names.ts';
import { cloudObject } from './cloud-object.ts';
import { gatewayNamespace, publicGateway } from './gateway-names.ts';
import { chargeOf } from './network-charge.ts';
import { objectLabels } from './object-names.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';

/** TLS 1.3 and nothing older; what the API would choose by itself dates from 2016. */
const awsTlsPolicy = 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09';

/** What the load balancer accepts from outside, as each cloud says it. */
export function renderGatewayTls(target: RenderTarget): RenderedObject[] {
  const { platform, environment, cluster } = target;
  const namespace = gatewayNamespace(environment);
  const labels = objectLabels(environment, chargeOf(platform, publicGateway.name));
  const metadata = { name: publicGateway.name, namespace, labels };
  const at = {
    file: `${namespace}/gateway`,
    origins: [
      {
        field: '',
        file: `topology/src/environments/${environment.name}.ts`,
        key: 'loadBalancer.tls',
      },
    ],
  };
  if (cluster.kind === 'kind') return [];
  if (cluster.kind === 'gke') {
    const targetRef = {
      group: 'gateway.networking.k8s.io',
      kind: 'Gateway',
      name: publicGateway.name,
    };
    const spec = { default: { sslPolicy: gatewayNames.tlsPolicy }, targetRef };
    return [rendered(new GCPGatewayPolicy({ metadata, spec }), at)];
  }
  const attributes = {
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    'deletion_protection.enabled': String(environment.name === 'production'),
  };
  return [
    cloudObject(
      {
        apiVersion: 'gateway.k8s.aws/v1',
        kind: 'LoadBalancerConfiguration',
        metadata,
        spec: {
          loadBalancerName: gatewayNames.address,
          // Only the distribution in front comes in, through interfaces it has in the balancer's own subnets.
          scheme: 'internal',
          sourceRanges: cluster.network.loadBalancerCidrs,
          listenerConfigurations: [
            {
              protocolPort: `HTTPS:${environment.loadBalancer.publicPort}`,
              sslPolicy: awsTlsPolicy,
            },
          ],
          loadBalancerAttributes: Object.entries(attributes).map(([key, value]) => ({
            key,
            value,
          })),
          tags: {
            environment: environment.shortName,
            service: publicGateway.name,
            'cost-centre': chargeOf(platform, publicGateway.name).costCentre,
          },
        },
      },
      at,
    ),
  ];
}
