import { urlOf } from '@maxai/bench/local-agency';
import { withoutWebApps } from '@maxai/bench/platform-stack';
import type { LocalPlan, LocalProcess } from '@maxai/ops/platform/local-plan';

/** A second stand-in of the outside world that is never killed: what it was sent is what happened. */
export const witness = 'witness';

const witnessedProviders = ['twilio', 'stripe'];
const portsApart = 50;

function movedTo(plan: LocalPlan, witnessUrl: string) {
  const sandboxUrl = urlOf(plan, 'sandbox');
  return (value: string): string =>
    witnessedProviders.some((provider) => value.startsWith(`${sandboxUrl}/${provider}`))
      ? value.replace(sandboxUrl, witnessUrl)
      : value;
}

/**
 * The development plan without the web apps, with the providers whose memory counts (messages sent, invoices paid)
 * apart from the sandbox: that one is killed as well, and a real provider does not forget when it restarts.
 */
export function chaosPlan(given: LocalPlan): LocalPlan {
  const plan = withoutWebApps(given);
  const sandbox = plan.processes.find(({ kind }) => kind === 'sandbox');
  if (sandbox === undefined) throw new Error('the plan has no sandbox');
  const port = sandbox.port + portsApart;
  const url = `http://127.0.0.1:${port}`;
  const move = movedTo(plan, url);
  const witnessProcess: LocalProcess = {
    ...sandbox,
    name: witness,
    port,
    env: { ...sandbox.env, SANDBOX_PORT: String(port), SANDBOX_PUBLIC_URL: url },
    healthUrl: sandbox.healthUrl.replace(String(sandbox.port), String(port)),
  };
  const processes = plan.processes.map((process) => ({
    ...process,
    env: Object.fromEntries(
      Object.entries(process.env).map(([name, value]) => [name, move(value)]),
    ),
  }));
  return { ...plan, processes: [witnessProcess, ...processes] };
}

/** Every process of a plan that a run kills, each once: all but the witness. */
export function victimsOf(plan: LocalPlan): readonly string[] {
  return [
    ...plan.processes.map(({ name }) => name).filter((name) => name !== witness),
    ...plan.redis.map(({ name }) => `redis-${name}`),
    'postgres',
  ];
}
