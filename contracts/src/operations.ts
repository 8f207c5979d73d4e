import * as apiGateway from './http/api-gateway.ts';
import * as billingUsage from './http/billing-usage.ts';
import * as iam from './http/iam.ts';
import * as orchestrator from './http/orchestrator.ts';
import * as payments from './http/payments.ts';
import * as promptSvc from './http/prompt-svc.ts';
import * as webhookIngress from './http/webhook-ingress.ts';
import type { Operation } from './operation.ts';

const modules = [apiGateway, iam, promptSvc, webhookIngress, orchestrator, billingUsage, payments];

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'method' in value && 'audience' in value;
}

/** Every operation of every service. */
export const allOperations: readonly Operation[] = modules.flatMap((module) =>
  Object.values(module).filter(isOperation),
);

/** What the gateway routes and the OpenAPI document shows. */
export const publicOperations: readonly Operation[] = allOperations.filter(
  (candidate) => candidate.audience !== 'service',
);

type OperationsIn<M> = { [K in keyof M as M[K] extends Operation ? K : never]: M[K] };
/** Operation id → operation, for clients that want types without the schemas. */
export type Operations = OperationsIn<typeof apiGateway> &
  OperationsIn<typeof iam> &
  OperationsIn<typeof promptSvc> &
  OperationsIn<typeof webhookIngress> &
  OperationsIn<typeof orchestrator> &
  OperationsIn<typeof billingUsage> &
  OperationsIn<typeof payments>;
