import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { IParentReference } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/ParentReference';
import type { Service, WebApp } from '../../model/index.ts';
import { routedDeployables } from '../../network/pods-in-cluster.ts';
import { gatewayNamespace, hostnamesOf, publicGateway } from './gateway-names.ts';
import { chargeOf } from './network-charge.ts';
import {
  canaryServiceName,
  declarationOf,
  namespaceOf,
  objectLabels,
  routeName,
} from './object-names.ts';
import {
  rendered,
  type Origin,
  type RenderedObject,
  type RenderTarget,
} from './rendered-object.ts';

type RouteSpec = {
  readonly parent: IParentReference;
  readonly hostnames?: string[];
  readonly matches: { path: { type: 'PathPrefix'; value: string } }[];
  readonly origin: Origin;
};

/** All to the stable Service; a release moves weight to the canary's, and nobody else does. */
function backends({ environment }: RenderTarget, { name, port }: Service | WebApp) {
  return environment.name === 'development'
    ? [{ name, port }]
    : [
        { name, port, weight: 100 },
        { name: canaryServiceName(name), port, weight: 0 },
      ];
}

function route(
  target: RenderTarget,
  deployable: Service | WebApp,
  spec: RouteSpec,
): RenderedObject {
  const { platform, environment } = target;
  const namespace = namespaceOf(environment, deployable);
  const model = new HTTPRoute({
    metadata: {
      name: routeName(deployable.name),
      namespace,
      labels: objectLabels(environment, chargeOf(platform, deployable.name)),
    },
    spec: {
      parentRefs: [spec.parent],
      ...(spec.hostnames !== undefined && { hostnames: spec.hostnames }),
      rules: [{ matches: spec.matches, backendRefs: backends(target, deployable) }],
    },
  });
  return rendered(model, {
    file: `${namespace}/${deployable.name}`,
    origins: [
      spec.origin,
      {
        field: 'spec.rules[0].backendRefs',
        file: declarationOf(platform, deployable.name),
        key: 'port',
        because: 'a release moves weight from the first to the second and back',
      },
    ],
  });
}

function publicRoute(target: RenderTarget, deployable: Service | WebApp): RenderedObject {
  const { platform, environment } = target;
  const hostnames = hostnamesOf(environment);
  const paths = platform.routes.filter(({ to }) => to === deployable.name);
  return route(target, deployable, {
    parent: { name: publicGateway.name, namespace: gatewayNamespace(environment) },
    ...(hostnames.length > 0 && { hostnames }),
    matches: paths.map(({ path }) => ({
      path: { type: 'PathPrefix', value: path.replace(/\/\*$/, '') },
    })),
    origin: { field: '', file: 'topology/src/platform.ts', key: 'routes' },
  });
}

/** In a mesh a Service has a route of its own, so that a release can move weight inside as well. */
function meshRoute(target: RenderTarget, service: Service): RenderedObject {
  return route(target, service, {
    parent: { group: '', kind: 'Service', name: service.name, port: service.port },
    matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    origin: {
      field: '',
      file: `topology/src/environments/${target.environment.name}.ts`,
      key: 'serviceMesh',
    },
  });
}

/** A route lives with its Service and attaches to the Gateway from there: no reference crosses namespaces but that one. */
export function renderGatewayRoutes(target: RenderTarget): RenderedObject[] {
  const { platform, environment } = target;
  const routed = routedDeployables(target);
  const meshed =
    environment.serviceMesh === 'none' || environment.name === 'development'
      ? []
      : platform.services.filter(({ exposure }) => exposure === 'internal');
  return [
    ...routed.map((deployable) => publicRoute(target, deployable)),
    ...meshed.map((service) => meshRoute(target, service)),
  ];
}
