import { Client } from 'pg';
import type { LocalPlan } from '@maxai/ops/platform/local-plan';
import { threeSteps } from './bench-flows.ts';

export type Times = {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
};

export type FlowTimes = {
  /** From the delivery's arrival to the start of the first step. */
  readonly firstStep: Times & { readonly p95MsOfTenths: readonly number[] };
  /** From the delivery's arrival to the end of the third step, the stand-ins' own time included. */
  readonly threeSteps: Times;
  readonly unfinished: number;
  readonly failed: number;
};

/** The database of a platform of this machine, as the superuser, whom no tenant's scope binds. */
export function databaseUrlOf(plan: LocalPlan, secrets: Readonly<Record<string, string>>): string {
  const password = encodeURIComponent(String(secrets[plan.postgres.adminPasswordSecret]));
  return `postgres://postgres:${password}@127.0.0.1:${plan.postgres.port}/${plan.postgres.database}`;
}

const timesOf = (from: string) => `
  select count(*)::int as count,
    coalesce(percentile_disc(0.5) within group (order by ms), 0)::float8 as "p50Ms",
    coalesce(percentile_disc(0.95) within group (order by ms), 0)::float8 as "p95Ms",
    coalesce(percentile_disc(0.99) within group (order by ms), 0)::float8 as "p99Ms"
  from (${from}) as measured`;

const inWindow = `
  from orchestrator.execution x
  join orchestrator.flow f on f.id = x.flow_id
  join orchestrator.event e on e.id = x.event_id
  join ingress.delivery d on d.id = e.webhook_event_id
  where x.tenant_id = $1 and d.received_at >= $2 and d.received_at < $3`;

const milliseconds = (until: string) => `extract(epoch from ${until} - d.received_at) * 1000 as ms`;

const p95OfTenths = (from: string) => `
  select array_agg(coalesce("p95Ms", 0) order by tenth) as "p95MsOfTenths"
  from generate_series(1, 10) as tenth
  left join (
    select width_bucket(extract(epoch from at), extract(epoch from $2::timestamptz),
        extract(epoch from $3::timestamptz), 10) as tenth,
      percentile_disc(0.95) within group (order by ms)::float8 as "p95Ms"
    from (${from}) as measured group by 1
  ) as found using (tenth)`;

/** What the platform itself wrote down of the executions whose deliveries arrived between two moments. */
export async function readFlowTimes(
  databaseUrl: string,
  of: { readonly tenantId: string; readonly from: Date; readonly to: Date },
): Promise<FlowTimes> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const given = [of.tenantId, of.from, of.to];
  const row = async <Row extends object>(sql: string, values: readonly unknown[]): Promise<Row> => {
    // Each of these is an aggregate: one row.
    return (await client.query<Row>(sql, [...values])).rows[0] as Row;
  };
  try {
    const firstStep = `select ${milliseconds('(select min(s.started_at) from orchestrator.step_run s where s.execution_id = x.id)')},
      d.received_at as at ${inWindow} and x.started_at is not null`;
    const whole = `select ${milliseconds('x.finished_at')} ${inWindow} and f.name = $4 and x.status = 'succeeded'`;
    const ended = await row<{ unfinished: number; failed: number }>(
      `select count(*) filter (where x.finished_at is null)::int as unfinished,
         count(*) filter (where x.status in ('failed', 'cancelled'))::int as failed ${inWindow}`,
      given,
    );
    return {
      firstStep: {
        ...(await row<Times>(timesOf(firstStep), given)),
        ...(await row<{ p95MsOfTenths: number[] }>(p95OfTenths(firstStep), given)),
      },
      threeSteps: await row<Times>(timesOf(whole), [...given, threeSteps]),
      ...ended,
    };
  } finally {
    await client.end();
  }
}
