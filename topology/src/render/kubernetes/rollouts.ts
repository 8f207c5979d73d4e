import { Rollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import type { NodePoolName } from '../../model/index.ts';
import { imageCommand, imageName } from '../../image-names.ts';
import { releasePolicy } from '../../release-policy.ts';
import { imageReference } from '../../releases.ts';
import { containerVariables } from './cluster-wiring.ts';
import { namespaceOf, objectLabels, selectorLabels } from './object-names.ts';
import { because, declaredBy, policyFile } from './origins.ts';
import { serverTemplate, type ServerPlan } from './pod-template.ts';
import { priorityOf } from './priorities.ts';
import { releaseStrategy, type Released } from './release-strategies.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';
import type { Workload } from './secret-access.ts';

function poolOf(deployable: Released): NodePoolName {
  return deployable.kind === 'web' ? 'api-pool' : deployable.nodePool;
}

export function workloadOf(
  { platform, environment }: RenderTarget,
  deployable: Released,
): Workload {
  const namespace = namespaceOf(environment, deployable);
  return {
    name: deployable.name,
    namespace,
    labels: objectLabels(environment, deployable),
    file: `${namespace}/${deployable.name}`,
    origins: declaredBy(platform, deployable.name, {
      '': 'name',
      'metadata.labels.owner': 'owner',
      'metadata.labels.cost-centre': 'costCentre',
    }),
  };
}

function planOf(target: RenderTarget, deployable: Released, workload: Workload): ServerPlan {
  const { environment, cluster } = target;
  const command = imageCommand(deployable);
  return {
    name: deployable.name,
    labels: workload.labels,
    selector: selectorLabels(deployable.name),
    serviceAccount: deployable.name,
    image: imageReference(environment.name, cluster, imageName(deployable)),
    ...(command !== undefined && { args: [command] }),
    variables: containerVariables(target, deployable),
    secretName: deployable.name,
    resources: deployable.resources,
    nodePool: poolOf(deployable),
    priority: priorityOf(deployable),
    port: deployable.port,
    probes: deployable.probes,
  };
}

const container = 'spec.template.spec.containers[0]';

function originsOf({ platform, environment }: RenderTarget, deployable: Released) {
  const placed =
    deployable.kind === 'web'
      ? {}
      : { 'metadata.namespace': 'namespace', 'spec.template.spec.nodeSelector': 'nodePool' };
  return [
    ...declaredBy(platform, deployable.name, {
      ...placed,
      [`${container}.ports[0].containerPort`]: 'port',
      [`${container}.resources`]: 'resources',
      [`${container}.env`]: 'settings',
      [`${container}.readinessProbe.httpGet.path`]: 'probes.readiness',
      [`${container}.livenessProbe.httpGet.path`]: 'probes.liveness',
      'spec.template.spec.terminationGracePeriodSeconds': 'probes.drainSeconds',
    }),
    because(
      `topology/releases/${environment.name}.json`,
      `${container}.image`,
      `images.${imageName(deployable)}`,
      'The digest that was built, scanned and signed',
    ),
    because(policyFile, 'spec.strategy', 'releasePolicy', 'How a new version takes over'),
  ];
}

/** How many there are, at least one as the scaling table says, is the scaler's business; only linters that take a Rollout for a Deployment miss it. */
const lintedAs = {
  'kube-score/ignore': 'deployment-replicas',
  'ignore-check.kube-linter.io/minimum-three-replicas': 'The scaling table says how many',
  'ignore-check.kube-linter.io/env-var-secret': 'Names the file of a secret, not its value',
};

/** How many pods there are is the scaler's business: `replicas` is not said. */
export function rollout(
  target: RenderTarget,
  deployable: Released,
  workload: Workload,
): RenderedObject {
  const policy = releasePolicy(target.environment.name);
  const { name, namespace, labels, file, origins } = workload;
  return rendered(
    new Rollout({
      metadata: {
        name,
        namespace,
        labels,
        annotations: {
          'reloader.stakater.com/auto': 'true',
          // A rotated secret restarts the version that runs; it is no new version to judge.
          'reloader.stakater.com/rollout-strategy': 'restart',
          ...lintedAs,
        },
      },
      spec: {
        minReadySeconds: 10,
        revisionHistoryLimit: policy.rollbackRevisions,
        rollbackWindow: { revisions: policy.rollbackRevisions },
        progressDeadlineSeconds: policy.progressDeadlineSeconds,
        progressDeadlineAbort: true,
        selector: { matchLabels: selectorLabels(deployable.name) },
        strategy: releaseStrategy(target, deployable),
        template: serverTemplate(target, planOf(target, deployable, workload)),
      },
    }),
    { file, origins: [...origins, ...originsOf(target, deployable)] },
  );
}
