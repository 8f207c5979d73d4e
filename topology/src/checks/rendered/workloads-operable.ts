import type { KubernetesObject, RenderedObject } from '../../render/kubernetes/rendered-object.ts';
import type { Finding, RenderedCheck } from '../finding.ts';
import { indexRequirements, type Labelled } from '../reachability/label-index.ts';
import {
  isLasting,
  objectPath,
  originFile,
  podTemplateOf,
  selects,
  specOf,
  type Container,
} from './rendered-fields.ts';

type Problem = Pick<Finding, 'reason' | 'fix'>;
type Budget = { readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } };

const required = [
  ['requests', 'cpu'],
  ['requests', 'memory'],
  ['requests', 'ephemeral-storage'],
  ['limits', 'memory'],
] as const;

function limitProblems({ name, resources }: Container): Problem[] {
  return required
    .filter(([bound, resource]) => resources?.[bound]?.[resource] === undefined)
    .map(([bound, resource]) => ({
      reason: `Container ${name} has no ${resource} in its ${bound}: one leak takes its node down`,
      fix: `Set resources.${bound} of ${name}`,
    }));
}

function probeProblems({ name, livenessProbe, readinessProbe }: Container): Problem[] {
  if (livenessProbe === undefined || readinessProbe === undefined) {
    return [
      {
        reason: `Container ${name} lacks a probe: it gets traffic before it is ready, and nobody restarts it`,
        fix: `Give ${name} a readinessProbe and a livenessProbe`,
      },
    ];
  }
  const path = livenessProbe.httpGet?.path;
  return path !== undefined && path === readinessProbe.httpGet?.path
    ? [
        {
          reason: `The liveness probe of ${name} checks dependencies, so a slow database restarts it`,
          fix: 'Probe liveness and readiness at different paths',
        },
      ]
    : [];
}

function budgetProblems(
  { object }: RenderedObject,
  budgetsOf: (pods: Labelled) => KubernetesObject[],
): Problem[] {
  const labels = podTemplateOf(object)?.metadata?.labels ?? {};
  const { namespace = null } = object.metadata;
  const budgeted = budgetsOf({ namespace, labels }).some((budget) =>
    selects(specOf<Budget>(budget).selector?.matchLabels, labels),
  );
  return budgeted
    ? []
    : [
        {
          reason: 'No PodDisruptionBudget selects its pods: a node upgrade may take them all',
          fix: 'Render a PodDisruptionBudget with the labels its pods are selected by',
        },
      ];
}

/** What runs for long has probes, limits and a disruption budget; what runs once has limits. */
export const workloadsOperable: RenderedCheck = (_target, objects) => {
  const budgets = indexRequirements(
    objects.map(({ object }) => object).filter(({ kind }) => kind === 'PodDisruptionBudget'),
    (budget) => ({
      ...(budget.metadata.namespace !== undefined && { namespace: budget.metadata.namespace }),
      labels: specOf<Budget>(budget).selector?.matchLabels ?? {},
    }),
  );
  return objects.flatMap((workload) => {
    const { object } = workload;
    const pod = podTemplateOf(object);
    if (pod === undefined) return [];
    const { containers, initContainers = [] } = pod.spec;
    return [
      ...[...containers, ...initContainers].flatMap(limitProblems),
      ...(isLasting(object)
        ? [...containers.flatMap(probeProblems), ...budgetProblems(workload, budgets)]
        : []),
    ].map(({ reason, fix }) => ({
      check: 'workloads-operable',
      file: originFile(workload),
      declaration: objectPath(object),
      reason,
      fix,
    }));
  });
};
