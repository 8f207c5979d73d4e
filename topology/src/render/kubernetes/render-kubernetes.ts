import { renderNetworkPolicies } from './network-policies.ts';
import type { KubernetesRenderer, RenderedObject, RenderTarget } from './rendered-object.ts';

/** Every kind of object; a new one is a file beside this and a line here. */
const renderers: readonly KubernetesRenderer[] = [renderNetworkPolicies];

/** Everything that is applied to one cluster, in no particular order. */
export function renderKubernetes(target: RenderTarget): RenderedObject[] {
  return renderers.flatMap((render) => render(target));
}
