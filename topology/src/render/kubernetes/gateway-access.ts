import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { routedDeployables } from '../../network/pods-in-cluster.ts';
import { chargeOf } from './network-charge.ts';
import { namespaceOf, objectLabels } from './object-names.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';

const name = 'rollouts-move-weights';

/** Where its plugin would note routes it has added; ours adds none, and only looks. */
const pluginNotes = 'argo-gatewayapi-configmap';

/** Lets the controller of releases move the weights of routes, in the namespaces that have any. */
export function renderGatewayAccess(target: RenderTarget): RenderedObject[] {
  const { platform, environment } = target;
  if (environment.name === 'development') return [];
  const weighted =
    environment.serviceMesh === 'none' ? routedDeployables(target) : platform.services;
  const namespaces = new Set(weighted.map((deployable) => namespaceOf(environment, deployable)));
  const labels = objectLabels(environment, chargeOf(platform, name));
  return [...namespaces].flatMap((namespace) => {
    const metadata = { name, namespace, labels };
    const at = {
      file: `${namespace}/gateway-access`,
      origins: [{ field: '', file: 'topology/src/platform.ts', key: 'routes' }],
    };
    const role = new Role({
      metadata,
      rules: [
        {
          apiGroups: ['gateway.networking.k8s.io'],
          resources: ['httproutes'],
          verbs: ['get', 'update'],
        },
        {
          apiGroups: [''],
          resources: ['configmaps'],
          resourceNames: [pluginNotes],
          verbs: ['get'],
        },
      ],
    });
    const binding = new RoleBinding({
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: 'argo-rollouts', namespace: 'argo-rollouts' }],
    });
    const notes = new ConfigMap({ metadata: { ...metadata, name: pluginNotes }, data: {} });
    return [rendered(role, at), rendered(binding, at), rendered(notes, at)];
  });
}
