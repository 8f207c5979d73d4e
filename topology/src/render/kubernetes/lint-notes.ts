import type { RenderedObject } from './rendered-object.ts';

const annotation = 'kube-score/ignore';

/** A request is what a node keeps free for a pod, a limit what stops a leak; a pod may use what lies between while it is there. */
const roomToBurst = [
  'container-resource-requests-equal-limits',
  'container-cpu-requests-equal-limits',
  'container-memory-requests-equal-limits',
];

const twoAreEnough = {
  'ignore-check.kube-linter.io/minimum-three-replicas': 'Two, each on a node of its own',
};

const runningPods = new Set(['Rollout', 'Deployment', 'StatefulSet', 'Job']);

/** Tells linters which of their optional demands this platform answers otherwise, and how. */
export function withLintNotes(objects: readonly RenderedObject[]): RenderedObject[] {
  return objects.map((one) => {
    const { metadata, kind } = one.object;
    if (!runningPods.has(kind)) return one;
    const said = metadata.annotations?.[annotation];
    const ignored = [...(said === undefined ? [] : [said]), ...roomToBurst].join(',');
    const replicas = kind === 'Deployment' ? twoAreEnough : {};
    const annotations = { ...replicas, ...metadata.annotations, [annotation]: ignored };
    return { ...one, object: { ...one.object, metadata: { ...metadata, annotations } } };
  });
}
