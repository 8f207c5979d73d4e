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

/** Runs every check at once; a check that takes longer than 2 s counts as failing. */
export async function reportHealth(
  about: { service: string; version: string; draining: boolean },
  checks: Readonly<Record<string, HealthCheck>>,
): Promise<HealthReport> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await isHealthy(check)] as const),
  );
  const failing = results.some(([, healthy]) => !healthy);
  return {
    status: about.draining ? 'draining' : failing ? 'failing' : 'ok',
    service: about.service,
    version: about.version,
    checks: Object.fromEntries(
      results.map(([name, healthy]) => [name, { status: healthy ? 'ok' : 'failing' } as const]),
    ),
  };
}
