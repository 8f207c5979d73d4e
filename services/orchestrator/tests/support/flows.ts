import type { FlowDocument } from '@maxai/contracts/flows/flow-document';
import * as contract from '@maxai/contracts/http/orchestrator';
import type { ResultOf } from '@maxai/contracts/operation';
import { until, type Platform, type Tenant } from './platform.ts';

type Steps = FlowDocument['steps'];
export type Finished = ResultOf<typeof contract.getExecution>;

/** Creates and activates a flow of the tenant. */
export async function activateFlow(
  platform: Platform,
  { operator: identity }: Tenant,
  trigger: FlowDocument['trigger'],
  steps: Steps,
  clientId: string | null = null,
): Promise<string> {
  const body = { name: 'A flow', clientId, document: { version: 1 as const, trigger, steps } };
  const { id } = await platform.api.call(contract.createFlow, { identity, body });
  await platform.api.call(contract.setFlowStatus, {
    identity,
    params: { flowId: id },
    body: { status: 'active' },
  });
  return id;
}

/** The tenant's only execution. */
export async function theExecution(
  platform: Platform,
  { operator: identity }: Tenant,
): Promise<Finished | undefined> {
  const { items } = await platform.api.call(contract.listExecutions, { identity });
  const [found] = items;
  if (!found) return undefined;
  return platform.api.call(contract.getExecution, {
    identity,
    params: { executionId: found.id },
  });
}

/** The tenant's only execution once it has one of these statuses. */
export async function executionThat(
  platform: Platform,
  tenant: Tenant,
  statuses: readonly string[] = ['succeeded', 'failed', 'cancelled'],
): Promise<Finished> {
  return until(async () => {
    const found = await theExecution(platform, tenant);
    return found && statuses.includes(found.status) ? found : undefined;
  });
}

/** A message to `to` with the given extras of its step. */
export function sms(to: string, extra: Partial<Steps[number]> = {}): Steps[number] {
  return { key: 'tell', action: 'messaging.send', input: { to, body: 'Thank you' }, ...extra };
}
