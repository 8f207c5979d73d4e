import { listConnections, listClients } from '@maxai/contracts/http/iam';
import { listEvents, listExecutions, listFlows } from '@maxai/contracts/http/orchestrator';
import { createPrompt, listPrompts } from '@maxai/contracts/http/prompt-svc';
import { getUsageSummary } from '@maxai/contracts/http/billing-usage';
import type { Asked, Posting } from './posting.ts';

const page = '?limit=20';

/** Of twenty requests: what a portal's pages read, and one write. */
const reads: readonly (readonly [times: number, path: string])[] = [
  [5, `${listEvents.path}${page}`],
  [4, `${listExecutions.path}${page}`],
  [3, `${listClients.path}${page}`],
  [2, `${listFlows.path}${page}`],
  [2, `${listConnections.path}${page}`],
  [2, `${listPrompts.path}${page}`],
  [1, getUsageSummary.path],
];
const twenty = [
  ...reads.flatMap(([times, path]) => Array.from({ length: times }, () => path)),
  undefined,
];
// Prime to twenty: the kinds take turns.
const stride = 7;

/** The mix in words. */
export const apiMixInWords = `of 20: ${reads.map(([times, path]) => `${times} GET ${path}`).join(', ')}, 1 POST ${createPrompt.path}`;

function requestOf(index: number, authorization: string): Asked {
  const path = twenty[(index * stride) % twenty.length];
  if (path !== undefined) return { method: 'GET', path, headers: { authorization } };
  return {
    method: 'POST',
    path: createPrompt.path,
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: `Receptionist ${index}`,
      template: 'You answer the phone of {{businessName}}. Be brief and friendly.',
    }),
  };
}

/** Sends authenticated requests of the public API by their number. */
export function apiSender(posting: Posting, apiKey: string): (index: number) => Promise<string> {
  const authorization = `Bearer ${apiKey}`;
  return (index) => {
    const request = requestOf(index, authorization);
    return posting.ask(request, request.method === 'GET' ? 200 : createPrompt.status);
  };
}
