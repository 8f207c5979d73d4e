import { CommandError } from '../../supervisor/command-error.ts';
import { SmokeFailure, type SmokeCheck, type Target } from './smoke-check.ts';
import { smokeChecksFor } from './smoke-checks.ts';

export type SmokeOutcome = {
  readonly name: string;
  /** Null when it holds. */
  readonly failure: string | null;
  readonly durationMs: number;
};

export type SmokeReport = {
  readonly url: string;
  readonly passed: boolean;
  readonly checks: readonly SmokeOutcome[];
};

async function outcomeOf({ name, run }: SmokeCheck, target: Target): Promise<SmokeOutcome> {
  const startedAt = performance.now();
  const failure = await run(target).then(
    () => null,
    (error: unknown) => {
      if (error instanceof SmokeFailure || error instanceof SyntaxError) return error.message;
      throw error;
    },
  );
  return { name, failure, durationMs: Math.round(performance.now() - startedAt) };
}

export function parseTarget(text: string, env: NodeJS.ProcessEnv, timeoutMs: number): Target {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new CommandError(
      `${text} is no address of a platform`,
      'give the public URL, for example npx maxai smoke https://staging.maxai.io',
    );
  }
  return { url: new URL(text), apiKey: env['MAXAI_SMOKE_API_KEY'] || null, timeoutMs };
}

/** Runs every check, whatever the others say. */
export async function runSmoke(
  target: Target,
  checks: readonly SmokeCheck[] = smokeChecksFor(target),
): Promise<SmokeReport> {
  const outcomes = await Promise.all(checks.map((check) => outcomeOf(check, target)));
  return {
    url: target.url.href,
    passed: outcomes.every(({ failure }) => failure === null),
    checks: outcomes,
  };
}

const everyMs = 30_000;

export type SmokeClock = {
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
};

/** Asks again and again for some minutes; the first report that fails ends it. */
export async function keepAsking(
  target: Target,
  forMinutes: number,
  { now, wait }: SmokeClock,
): Promise<SmokeReport> {
  const endsAt = now() + forMinutes * 60_000;
  for (;;) {
    const report = await runSmoke(target);
    if (!report.passed || now() + everyMs > endsAt) return report;
    await wait(everyMs);
  }
}
