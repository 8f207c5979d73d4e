import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const timeoutMs = 3000;

export type Probe = { readonly healthUrl?: string; readonly port: number };

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  await response.body?.cancel();
  return response.ok;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    return true;
  } finally {
    socket.destroy();
  }
}

/** Whether the process does its work now: `/health` answers 2xx, or, without HTTP, its port accepts. */
export async function isHealthy(probe: Probe): Promise<boolean> {
  const asked = probe.healthUrl === undefined ? accepts(probe.port) : answers(probe.healthUrl);
  return asked.catch(() => false);
}

/** What `/health` says, cut to a screenful; it names the dependency that fails. */
export async function healthAnswer({ healthUrl }: Probe): Promise<string> {
  if (healthUrl === undefined) return 'its port does not accept';
  try {
    const response = await fetch(healthUrl, { signal: AbortSignal.timeout(timeoutMs) });
    return `${healthUrl} answers ${response.status}: ${(await response.text()).slice(0, 1000)}`;
  } catch (error) {
    return `${healthUrl} does not answer: ${String(error)}`;
  }
}

/** Polls until `condition` holds; false when `limitMs` passed or the signal was raised first. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  const isOver = () => Date.now() >= deadline || signal?.aborted === true;
  while (!isOver()) {
    if (await condition()) return true;
    await setTimeout(100);
  }
  return false;
}
