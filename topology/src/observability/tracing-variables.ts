import type { Environment } from '../model/environment.ts';
import type { DeployableName } from '../model/names.ts';

/**
 * What makes a process trace: the standard variables of OpenTelemetry, and the module that is loaded before the
 * program. `endpoint` is the collector's, without a path. Nothing is sampled here.
 */
export function tracingVariables(
  of: {
    readonly name: DeployableName;
    readonly version: string;
    readonly environment: Pick<Environment, 'shortName'>;
  },
  endpoint: string,
): Record<string, string> {
  return {
    NODE_OPTIONS: '--import=@maxai/runtime/tracing',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_SERVICE_NAME: of.name,
    OTEL_RESOURCE_ATTRIBUTES: `service.version=${of.version},deployment.environment.name=${of.environment.shortName}`,
    OTEL_NODE_RESOURCE_DETECTORS: 'env',
    OTEL_PROPAGATORS: 'tracecontext',
    // A burst of webhooks makes more spans than the default of 2048 before they are sent.
    OTEL_BSP_MAX_QUEUE_SIZE: '16384',
    OTEL_BSP_SCHEDULE_DELAY: '1000',
  };
}
