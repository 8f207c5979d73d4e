import type {
  Deployable,
  DeployableName,
  Environment,
  NamespaceName,
  Platform,
} from '../../model/index.ts';

/** `prod-services` */
export function namespaceName(environment: Environment, namespace: NamespaceName): string {
  return `${environment.shortName}-${namespace}`;
}

/** The namespace a deployable runs in; web apps are the frontend. */
export function namespaceOf(environment: Environment, deployable: Deployable): string {
  return namespaceName(environment, 'namespace' in deployable ? deployable.namespace : 'frontend');
}

/** The file that declares a deployable, from the root of the repository. */
export function declarationOf(platform: Platform, name: DeployableName): string {
  if (name === 'sandbox') return 'sandbox/deploy.ts';
  if (name === 'edge') return 'ops/src/edge/deploy.ts';
  if (platform.webApps.some((app) => app.name === name)) return `apps/${name}/deploy.ts`;
  return `services/${name.replace(/-worker$/, '')}/deploy.ts`;
}

/** What a pod is selected by; never changes between releases. */
export function selectorLabels(name: DeployableName): Record<string, string> {
  return { 'app.kubernetes.io/name': name };
}

/** On every object: whose it is, what it costs, where it belongs. */
export function objectLabels(
  environment: Environment,
  of: { readonly name: string; readonly owner: string; readonly costCentre: string },
): Record<string, string> {
  return {
    'app.kubernetes.io/name': of.name,
    'app.kubernetes.io/part-of': 'maxai',
    'app.kubernetes.io/managed-by': 'maxai-topology',
    environment: environment.shortName,
    service: of.name,
    'cost-centre': of.costCentre,
    owner: of.owner,
  };
}

/** The Service of the new version while it is compared with the old one. */
export function canaryServiceName(name: DeployableName): string {
  return `${name}-canary`;
}

/** The Job that brings a service's schema up to date, and the identity it runs as. */
export function migrationName(service: DeployableName): string {
  return `${service}-migrations`;
}

/** Pods and Services call their one port for requests, health and metrics this. */
export const httpPortName = 'http';

/** The HTTPRoute in which a release moves weight between a public deployable's two Services. */
export function routeName(name: DeployableName): string {
  return name;
}

/** What every namespace of ours carries so that the mesh, where it is on, takes its pods in. */
export function meshNamespaceLabels({ serviceMesh }: Environment): Record<string, string> {
  return serviceMesh === 'istio' ? { 'istio-injection': 'enabled' } : {};
}
