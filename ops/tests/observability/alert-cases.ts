import { burnRates, journeys } from '@maxai/topology/observability/service-levels';

export type Samples = { readonly series: string; readonly values: string };

/** Series under which an alert fires at a minute, or stays quiet until then. */
export type AlertCase = {
  readonly alert: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly when: string;
  readonly input: readonly Samples[];
  readonly atMinute: number;
  readonly fires: boolean;
};

const requests = (labels: string, values: string): Samples => ({
  series: `http_request_duration_seconds_count{service="iam",route="/internal/x",method="GET",${labels}}`,
  values,
});
const within = (seconds: string, values: string, service = 'iam'): Samples => ({
  series: `http_request_duration_seconds_bucket{service="${service}",route="/internal/x",method="GET",status="200",le="${seconds}"}`,
  values,
});
const scraped = (value: number): Samples => ({
  series: 'up{job="maxai",service="iam",instance="a"}',
  values: `${value}x120`,
});
const healthy = (dependency: string, value: number, instance = 'a'): Samples => ({
  series: `health_check_up{service="iam",instance="${instance}",dependency="${dependency}"}`,
  values: `${value}x120`,
});

/** `failedPercent` of 600 requests a minute fail. */
function failing(failedPercent: number): Samples[] {
  return [
    requests('status="200"', `0+${600 - 6 * failedPercent}x120`),
    requests('status="503"', `0+${6 * failedPercent}x120`),
  ];
}

/** A tenth of 600 requests a minute takes between `above` and `below` seconds, the rest 0.1 s at most. */
function slow(above: string, below: string): Samples[] {
  return [
    requests('status="200"', '0+600x120'),
    within('0.1', '0+540x120'),
    within(above, '0+540x120'),
    within(below, '0+600x120'),
    within('+Inf', '0+600x120'),
  ];
}

const disk = (availablePercent: number): Samples[] => [
  {
    series: 'node_filesystem_avail_bytes{instance="a",mountpoint="/data",fstype="ext4"}',
    values: `${availablePercent}x120`,
  },
  {
    series: 'node_filesystem_size_bytes{instance="a",mountpoint="/data",fstype="ext4"}',
    values: '100x120',
  },
];
const pool = (state: string, value: number): Samples => ({
  series: `database_pool_connections{service="iam",instance="a",state="${state}"}`,
  values: `${value}x120`,
});
const waitingJobs = (value: number): Samples => ({
  series: 'queue_jobs{service="orchestrator",queue="flow-execution",state="waiting"}',
  values: `${value}x120`,
});
const jobs = (perMinute: number): Samples => ({
  series:
    'queue_job_duration_seconds_count{service="orchestrator-worker",queue="flow-execution",outcome="done"}',
  values: `0+${perMinute}x120`,
});
const cpu = (secondsPerMinute: number): Samples => ({
  series: 'process_cpu_seconds_total{job="maxai",service="iam",instance="a"}',
  values: `0+${secondsPerMinute}x120`,
});

const iam = { service: 'iam' };
const day = 24 * 60;
/** Long enough for an average; the first samples of the day before are as good as its last. */
const before = 180;

const documented: readonly AlertCase[] = [
  {
    alert: 'ServiceDown',
    labels: iam,
    when: 'nothing answers',
    input: [scraped(0)],
    atMinute: 2,
    fires: true,
  },
  {
    alert: 'ServiceDown',
    labels: iam,
    when: 'its database fails its health check',
    input: [scraped(1), healthy('database', 0), healthy('cache', 1)],
    atMinute: 2,
    fires: true,
  },
  {
    alert: 'ServiceDown',
    labels: iam,
    when: 'nobody has ever scraped it',
    input: [],
    atMinute: 2,
    fires: true,
  },
  {
    alert: 'ServiceDown',
    labels: iam,
    when: 'one of two instances is unhealthy',
    input: [scraped(1), healthy('database', 0), healthy('database', 1, 'b')],
    atMinute: 30,
    fires: false,
  },
  {
    alert: 'ServiceDown',
    labels: iam,
    when: 'all is well',
    input: [scraped(1), healthy('database', 1)],
    atMinute: 30,
    fires: false,
  },
  {
    alert: 'ErrorRateHigh',
    labels: iam,
    when: '6 % fail for 5 minutes',
    input: failing(6),
    atMinute: 12,
    fires: true,
  },
  {
    alert: 'ErrorRateHigh',
    labels: iam,
    when: '6 % fail, not yet for 5 minutes',
    input: failing(6),
    atMinute: 4,
    fires: false,
  },
  {
    alert: 'ErrorRateHigh',
    labels: iam,
    when: '5 % fail',
    input: failing(5),
    atMinute: 60,
    fires: false,
  },
  {
    alert: 'ErrorRateHigh',
    labels: iam,
    when: 'the only request of an hour fails',
    input: [requests('status="503"', '0x10 1x100')],
    atMinute: 20,
    fires: false,
  },
  {
    alert: 'ErrorRateRaised',
    labels: iam,
    when: '2 % fail for 10 minutes',
    input: failing(2),
    atMinute: 17,
    fires: true,
  },
  {
    alert: 'ErrorRateRaised',
    labels: iam,
    when: '2 % fail, not yet for 10 minutes',
    input: failing(2),
    atMinute: 8,
    fires: false,
  },
  {
    alert: 'ErrorRateRaised',
    labels: iam,
    when: '1 % fail',
    input: failing(1),
    atMinute: 60,
    fires: false,
  },
  {
    alert: 'LatencyHigh',
    labels: iam,
    when: 'P95 lies above 1 s for 5 minutes',
    input: slow('1', '2.5'),
    atMinute: 12,
    fires: true,
  },
  {
    alert: 'LatencyHigh',
    labels: iam,
    when: 'P95 lies above 1 s, not yet for 5 minutes',
    input: slow('1', '2.5'),
    atMinute: 4,
    fires: false,
  },
  {
    alert: 'LatencyHigh',
    labels: iam,
    when: 'P95 lies below 1 s',
    input: slow('0.5', '1'),
    atMinute: 60,
    fires: false,
  },
  {
    alert: 'LatencyRaised',
    labels: iam,
    when: 'P95 lies above 500 ms for 10 minutes',
    input: slow('0.5', '1'),
    atMinute: 17,
    fires: true,
  },
  {
    alert: 'LatencyRaised',
    labels: iam,
    when: 'P95 lies above 500 ms, not yet for 10 minutes',
    input: slow('0.5', '1'),
    atMinute: 8,
    fires: false,
  },
  {
    alert: 'LatencyRaised',
    labels: iam,
    when: 'P95 lies below 500 ms',
    input: slow('0.2', '0.5'),
    atMinute: 60,
    fires: false,
  },
  {
    alert: 'DatabasePoolExhausted',
    labels: iam,
    when: 'callers wait and no connection is free',
    input: [pool('waiting', 3), pool('idle', 0)],
    atMinute: 4,
    fires: true,
  },
  {
    alert: 'DatabasePoolExhausted',
    labels: iam,
    when: 'every connection is busy and nobody waits',
    input: [pool('waiting', 0), pool('idle', 0)],
    atMinute: 60,
    fires: false,
  },
  { alert: 'DiskAlmostFull', when: '91 % are used', input: disk(9), atMinute: 10, fires: true },
  { alert: 'DiskAlmostFull', when: '90 % are used', input: disk(10), atMinute: 60, fires: false },
  {
    alert: 'TrafficUnusual',
    labels: iam,
    when: 'requests are ten times the day before',
    input: [requests('status="200"', `0+60x${before} ${60 * before + 600}+600x120`)],
    atMinute: before + 25,
    fires: true,
  },
  {
    alert: 'TrafficUnusual',
    labels: iam,
    when: 'requests all but end',
    input: [requests('status="200"', `0+60x${before} ${60 * before}+1x120`)],
    atMinute: before + 25,
    fires: true,
  },
  {
    alert: 'TrafficUnusual',
    labels: iam,
    when: 'requests are twice the day before',
    input: [requests('status="200"', `0+60x${before} ${60 * before + 120}+120x120`)],
    atMinute: before + 60,
    fires: false,
  },
  {
    alert: 'ProcessSaturated',
    labels: iam,
    when: 'one core is full',
    input: [cpu(59)],
    atMinute: 20,
    fires: true,
  },
  {
    alert: 'ProcessSaturated',
    labels: iam,
    when: 'half a core is used',
    input: [cpu(30)],
    atMinute: 60,
    fires: false,
  },
  {
    alert: 'QueueStuck',
    labels: { queue: 'flow-execution' },
    when: 'jobs wait and none ends',
    input: [waitingJobs(5), jobs(0)],
    atMinute: 20,
    fires: true,
  },
  {
    alert: 'QueueStuck',
    labels: { queue: 'flow-execution' },
    when: 'jobs wait and some end',
    input: [waitingJobs(500), jobs(10)],
    atMinute: 60,
    fires: false,
  },
];

/** 60,000 events a sample of one journey, `badPerSample` of them bad. */
function journeyInput(name: string, badPerSample: number, samples: number): Samples[] {
  const good = `0+${60_000 - badPerSample}x${samples}`;
  const bad = `0+${badPerSample}x${samples}`;
  const http = (service: string, route: string, seconds: string): Samples[] => [
    {
      series: `http_request_duration_seconds_count{service="${service}",route="${route}",status="200"}`,
      values: good,
    },
    {
      series: `http_request_duration_seconds_bucket{service="${service}",route="${route}",status="200",le="${seconds}"}`,
      values: good,
    },
    {
      series: `http_request_duration_seconds_count{service="${service}",route="${route}",status="503"}`,
      values: bad,
    },
    {
      series: `http_request_duration_seconds_bucket{service="${service}",route="${route}",status="503",le="${seconds}"}`,
      values: bad,
    },
  ];
  const queue = (of: string): Samples[] => [
    { series: `queue_job_duration_seconds_count{queue="${of}",outcome="done"}`, values: good },
    { series: `queue_job_duration_seconds_count{queue="${of}",outcome="dead"}`, values: bad },
  ];
  const inputs: Readonly<Record<string, Samples[]>> = {
    'webhook-acknowledged': http('webhook-ingress', '/webhooks/:provider', '0.15'),
    'api-answered': http('api-gateway', '/api/clients', '0.2'),
    'flow-executed': queue('flow-execution'),
    'usage-counted': queue('usage-aggregation'),
    'payment-booked': queue('payment-events'),
  };
  return inputs[name] ?? [];
}

const minutesOf: Readonly<Record<string, number>> = {
  '1h': 60,
  '6h': 360,
  '1d': day,
  '3d': 3 * day,
};

/** Samples of the long windows are five minutes apart: three days of minutes are too many to try. */
export function sampleMinutes(window: string): 1 | 5 {
  return window === '1h' ? 1 : 5;
}

const budgets: readonly AlertCase[] = journeys.flatMap((journey) =>
  burnRates.flatMap(({ long, factor, forMinutes }) => {
    const allowed = 60_000 * (1 - journey.objectivePercent / 100);
    const minutes = (minutesOf[long] ?? 0) + forMinutes + 10;
    const samples = Math.ceil(minutes / sampleMinutes(long));
    const about = { alert: 'ErrorBudgetBurning', labels: { journey: journey.name, window: long } };
    const input = (share: number) =>
      journeyInput(journey.name, Math.round(allowed * factor * share), samples);
    return [
      {
        ...about,
        when: `it burns 1.2 times ${factor}`,
        input: input(1.2),
        atMinute: minutes,
        fires: true,
      },
      {
        ...about,
        when: `it burns 0.8 times ${factor}`,
        input: input(0.8),
        atMinute: minutes,
        fires: false,
      },
    ];
  }),
);

/** Processes that were started again and have done nothing well since have no series of what went well. */
const allBad: readonly AlertCase[] = journeys.map(({ name }) => ({
  alert: 'ErrorBudgetBurning',
  labels: { journey: name, window: '1h' },
  when: 'nothing went well since the restart',
  input: journeyInput(name, 60_000, 20).filter(
    ({ series }) => !/status="200"|outcome="done"/.test(series),
  ),
  atMinute: 10,
  fires: true,
}));

export const alertCases: readonly AlertCase[] = [...documented, ...budgets, ...allBad];
