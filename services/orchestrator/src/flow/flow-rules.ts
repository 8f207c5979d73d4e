import type { setFlowStatus } from '@maxai/contracts/http/orchestrator';
import type { BodyOf } from '@maxai/contracts/operation';

export type FlowStatusChange = BodyOf<typeof setFlowStatus>['status'];

/** draft → active → archived, and an archived flow may be activated again. */
export function mayBecome(from: 'draft' | FlowStatusChange, to: FlowStatusChange): boolean {
  return from !== to;
}
