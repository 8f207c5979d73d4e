import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { until } from '../testing/index.ts';
import { runProcess, type RunningProcess } from './index.ts';

/** Stands for `process` alone: a test must neither signal nor end its own. */
class Host extends EventEmitter {
  readonly exits: number[] = [];
  readonly written: string[] = [];
  readonly stderr = { write: (text: string) => this.written.push(text) };
  exit = (code?: number | string | null): never => {
    this.exits.push(Number(code));
    return undefined as never;
  };
}

/** The part of `process` that {@link runProcess} needs. */
function newHost() {
  const host = new Host();
  return { host, asProcess: host as Host & Pick<NodeJS.Process, 'once'> };
}

function recorder(close: () => Promise<void>) {
  const steps: string[] = [];
  const running: RunningProcess = {
    beginDrain: () => steps.push('drain'),
    close: async () => {
      steps.push('close');
      await close();
    },
  };
  return { steps, start: () => Promise.resolve(running) };
}

describe('runProcess', () => {
  it.each(['SIGTERM', 'SIGINT'])('on %s turns unready, waits, closes, exits 0', async (signal) => {
    const { host, asProcess } = newHost();
    const { steps, start } = recorder(() => Promise.resolve());
    await runProcess({ name: 'iam', start, drainDelayMs: 200, host: asProcess });
    expect(steps).toEqual([]);
    const signalledAtMs = performance.now();
    host.emit(signal);
    expect(steps).toEqual(['drain']);
    await until(() => host.exits.length > 0);
    expect(performance.now() - signalledAtMs).toBeGreaterThan(195);
    expect(steps).toEqual(['drain', 'close']);
    expect(host.exits).toEqual([0]);
    expect(host.written).toEqual([]);
  });

  it('stops once, however many signals come', async () => {
    const { host, asProcess } = newHost();
    const { steps, start } = recorder(() => Promise.resolve());
    await runProcess({ name: 'iam', start, host: asProcess });
    host.emit('SIGINT');
    host.emit('SIGTERM');
    await until(() => host.exits.length > 0);
    expect(steps).toEqual(['drain', 'close']);
  });

  it('exits 1 when closing takes too long', async () => {
    const { host, asProcess } = newHost();
    const { start } = recorder(() => new Promise(() => {}));
    await runProcess({ name: 'iam', start, closeTimeoutMs: 50, host: asProcess });
    host.emit('SIGTERM');
    await until(() => host.exits.length > 0);
    expect(host.exits).toEqual([1]);
    expect(host.written.join('')).toContain('iam did not stop cleanly: Error: still busy after 50');
  });

  it('exits 1 when closing fails', async () => {
    const { host, asProcess } = newHost();
    const { start } = recorder(() => Promise.reject(new Error('pool is stuck')));
    await runProcess({ name: 'iam', start, host: asProcess });
    host.emit('SIGTERM');
    await until(() => host.exits.length > 0);
    expect(host.exits).toEqual([1]);
    expect(host.written.join('')).toContain('pool is stuck');
  });

  it.each([
    [new Error('IAM_DATABASE_URL is not set'), 'Error: IAM_DATABASE_URL is not set'],
    ['no reason', 'no reason'],
  ])('exits 1 when it cannot start, and says why', async (reason, expected) => {
    const { host, asProcess } = newHost();
    const start = () => Promise.reject(reason);
    await runProcess({ name: 'iam', start, host: asProcess });
    expect(host.exits).toEqual([1]);
    expect(host.written.join('')).toContain(`iam could not start: ${expected}`);
    expect(host.listenerCount('SIGTERM')).toBe(0);
  });
});
