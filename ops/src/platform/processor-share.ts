import type { LocalProcess } from './local-plan.ts';

const forPeople = 3;
const bookKeeping = 8;

const behind: Readonly<Record<string, number>> = {
  'api-gateway': forPeople,
  orchestrator: forPeople,
  'prompt-svc': forPeople,
  'billing-usage': forPeople,
  payments: forPeople,
  'portal-web': forPeople,
  'admin-web': forPeople,
  'billing-usage-worker': bookKeeping,
  'payments-worker': bookKeeping,
};

/**
 * How far a process steps back, as a `nice` value (a step is a fifth less), while all together want more processor time
 * than the machine has. First comes what must be quickest, a policy check (20 ms), an acknowledgement (150 ms) and the
 * first step of a flow (200 ms): the data servers, the edge, webhook-ingress, iam and the orchestrator's worker; then
 * what people wait for; last the books, which nobody waits for. In a cluster they run on pools of their own.
 */
export function nicenessOf({ name }: Pick<LocalProcess, 'name'>): number {
  return behind[name] ?? 0;
}
