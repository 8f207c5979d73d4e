import { buildRetellEvent } from '@maxai/sandbox/payloads';
import { signRetell } from '@maxai/sandbox/signing';
import type { StateFolder } from '@maxai/ops/supervisor/state-folder';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { hanging, hangingAgent } from './bench-flows.ts';
import { openPosting } from './posting.ts';
import type { WebhookTarget } from './provider-mix.ts';
import { sampleProcesses } from './sample-processes.ts';

export type CrashOrder = {
  readonly state: StateFolder;
  readonly origin: string;
  readonly sandboxUrl: string;
  readonly databaseUrl: string;
  readonly tenantId: string;
  readonly target: WebhookTarget;
  readonly executions: number;
};

export type CrashResult = {
  readonly executions: number;
  /** From the kill until the last of them was done, every one by another process. */
  readonly resumeMs: number;
};

const worker = 'orchestrator-worker';
const limitMs = 60_000;
const pollMs = 50;

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${limitMs / 1000} s`);
    await wait(pollMs);
  }
}

async function startHanging(
  { origin, target, executions }: CrashOrder,
  run: string,
): Promise<void> {
  const posting = openPosting(origin, executions);
  const posted = Array.from({ length: executions }, (_, index) => {
    const call = {
      call_id: `${run}${index}`,
      agent_id: hangingAgent,
      from_number: `+12125${String(550_000 + index)}`,
    };
    const body = JSON.stringify(buildRetellEvent({ event: 'call_ended', nowMs: Date.now(), call }));
    const signature = signRetell({ rawBody: body, apiKey: target.secret, nowMs: Date.now() });
    const headers = { 'content-type': 'application/json', ...signature };
    return posting.ask({ method: 'POST', path: target.path, headers, body }, 200);
  });
  await Promise.all(posted);
  await posting.close();
}

/** Requests of the run that the provider has and does not answer. */
async function hangingAt({ sandboxUrl }: CrashOrder, run: string): Promise<number> {
  const answer = await fetch(`${sandboxUrl}/_control/requests?provider=highlevel`);
  // The sandbox of this checkout answers its own type.
  const { items } = (await answer.json()) as { items: { status: number | null; body: unknown }[] };
  return items.filter(({ status, body }) => status === null && JSON.stringify(body).includes(run))
    .length;
}

/** Kills the worker while executions hang in a step, and waits until another process of it has finished them all; throws when some never go on. */
export async function crashAndResume(order: CrashOrder): Promise<CrashResult> {
  const { databaseUrl, tenantId, state, executions } = order;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const countDone = async (): Promise<number> => {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from orchestrator.execution x
       join orchestrator.flow f on f.id = x.flow_id
       where x.tenant_id = $1 and f.name = $2 and x.status = 'succeeded'`,
      [tenantId, hanging],
    );
    return Number(rows[0]?.count);
  };
  try {
    const run = `call_${randomBytes(6).toString('hex')}x`;
    await startHanging(order, run);
    await until('every execution hangs', async () => (await hangingAt(order, run)) === executions);
    process.kill(Number(sampleProcesses(state)[worker]?.pid), 'SIGKILL');
    const killedAt = performance.now();
    await until('every execution is done', async () => (await countDone()) === executions);
    return { executions, resumeMs: performance.now() - killedAt };
  } finally {
    await client.end();
  }
}
