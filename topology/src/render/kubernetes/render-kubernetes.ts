import { renderAdmission } from './admission.ts';
import { renderAnalysisTemplates } from './analysis-templates.ts';
import { renderConnectionPool } from './connection-pool.ts';
import { renderDatabaseJobs } from './database-jobs.ts';
import { renderServers, renderWorkers } from './deployables.ts';
import { renderEgressPolicies } from './egress-policies.ts';
import { renderEgressProxy } from './egress-proxy.ts';
import { renderGatewayAccess } from './gateway-access.ts';
import { renderGatewayBackends } from './gateway-backends.ts';
import { renderGatewayRoutes } from './gateway-routes.ts';
import { renderGatewayTls } from './gateway-tls.ts';
import { renderGateway } from './gateway.ts';
import { renderIdleShutdown } from './idle-shutdown.ts';
import { renderLocalData } from './local-data.ts';
import { withLintNotes } from './lint-notes.ts';
import { renderMesh } from './mesh.ts';
import { renderCollectors } from './monitoring-collectors.ts';
import { renderMonitoringRules } from './monitoring-rules.ts';
import { renderMonitors } from './monitors.ts';
import { renderNamespaces } from './namespaces.ts';
import { renderNetworkPolicies } from './network-policies.ts';
import { renderOutsideWorld } from './outside-world.ts';
import { renderPriorities } from './priorities.ts';
import { inSyncWaves } from './sync-waves.ts';
import type { KubernetesRenderer, RenderedObject, RenderTarget } from './rendered-object.ts';

/** Every kind of object; a new one is a file beside this and a line here. */
const renderers: readonly KubernetesRenderer[] = [
  renderPriorities,
  renderServers,
  renderWorkers,
  renderDatabaseJobs,
  renderConnectionPool,
  renderMonitors,
  renderCollectors,
  renderMonitoringRules,
  renderAnalysisTemplates,
  renderIdleShutdown,
  renderLocalData,
  renderOutsideWorld,
  renderNetworkPolicies,
  renderEgressPolicies,
  renderEgressProxy,
  renderGateway,
  renderGatewayRoutes,
  renderGatewayBackends,
  renderGatewayTls,
  renderGatewayAccess,
  renderMesh,
  renderAdmission,
];

/** Everything that is applied to one cluster, its namespaces first; the order of the rest is in its waves. */
export function renderKubernetes(target: RenderTarget): RenderedObject[] {
  const objects = renderers.flatMap((render) => render(target));
  return inSyncWaves(withLintNotes([...renderNamespaces(target, objects), ...objects]));
}
