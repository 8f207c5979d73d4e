/** Resolves while the dependency is usable, rejects when it is not. */
export type HealthCheck = () => Promise<unknown>;

export type HealthReport = {
  readonly status: 'ok' | 'failing' | 'draining';
  readonly service: string;
  readonly version: string;
  readonly checks: Readonly<Record<string, { status: 'ok' | 'failing' }>>;
};

const timeoutMs = 2000;

async function isHealthy(check: HealthCheck): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), timeoutMs);
  try {
    const outcome = check().then(
      () => true,
      () => false,
    );
    return await Promise.race([outcome, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs every check at once; one that takes longer than 2 s counts as failing. */
async function runChecks(checks: Readonly<Record<string, HealthCheck>>) {
  return Promise.all(
    Object.entries(checks).map(async ([name, check]) => ({
      name,
      healthy: await isHealthy(check),
    })),
  );
}

/** What the load balancer is told: whether to send requests here, and which dependency fails. */
export async function reportHealth(
  about: { service: string; version: string; draining: boolean },
  checks: Readonly<Record<string, HealthCheck>>,
): Promise<HealthReport> {
  const results = await runChecks(checks);
  const failing = results.some(({ healthy }) => !healthy);
  return {
    status: about.draining ? 'draining' : failing ? 'failing' : 'ok',
    service: about.service,
    version: about.version,
    checks: Object.fromEntries(
      results.map(({ name, healthy }) => [name, { status: healthy ? 'ok' : 'failing' } as const]),
    ),
  };
}

/** The same as numbers: 1 for a dependency that answers, 0 for one that does not. */
export async function sampleHealth(checks: Readonly<Record<string, HealthCheck>>) {
  const results = await runChecks(checks);
  return results.map(({ name, healthy }) => ({
    labels: { dependency: name },
    value: healthy ? 1 : 0,
  }));
}
