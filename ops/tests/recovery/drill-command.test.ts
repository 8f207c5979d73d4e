import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { until } from '@maxai/runtime/testing';
import { describe, expect, it, vi } from 'vitest';
import { decider, drillCommand } from '../../src/commands/drill/command.ts';
import { disasters, type DisasterName } from '@maxai/topology/recovery';
import { judge } from '../../src/recovery/drill/drill-report.ts';
import { claimDrill, processesOf } from '../../src/recovery/drill/drill-claim.ts';
import { freePort } from '../../src/local/ports.ts';
import { freeDrillPort } from '../fixtures/drill-port.ts';
import { isRunning, root } from '../fixtures/local-platform.ts';

const limitMs = 300_000;
const claimOf = (port: number) => join(tmpdir(), `maxai-drill-${port}.json`);
const folderOf = (port: number) =>
  (JSON.parse(readFileSync(claimOf(port), 'utf8')) as { folder: string }).folder;

/** A process that works in the folder. */
async function startIn(folder: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', "console.log('up'); setInterval(() => {}, 1000)"], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return Number(child.pid);
}

describe('a drill', () => {
  it(
    'that is interrupted half-way ends everything it started; meanwhile no other runs on its ports',
    { timeout: limitMs },
    async () => {
      const port = await freeDrillPort();
      const main = join(root, 'ops/src/commands/drill/main.ts');
      const drill = spawn(
        process.execPath,
        [main, 'run', 'data-loss', '--yes', '--port', String(port)],
        { stdio: 'ignore' },
      );
      const ended = once(drill, 'exit');
      await until(() => existsSync(claimOf(port)), limitMs);
      const folder = folderOf(port);
      const isHalfWay = () => existsSync(join(folder, 'primary/postgres/postmaster.pid'));
      await until(isHalfWay, limitMs);
      await expect(claimDrill(port)).rejects.toThrow(
        new RegExp(`Another drill \\(pid ${drill.pid}\\)[^]*--port ${port + 3000}`),
      );
      expect(processesOf(folder).length).toBeGreaterThan(0);
      drill.kill('SIGINT');
      expect((await ended)[0]).toBe(130);
      expect(existsSync(folder)).toBe(false);
      expect(existsSync(claimOf(port))).toBe(false);
      expect(processesOf(folder)).toEqual([]);
    },
  );

  it('that was killed is cleared by the next one', async () => {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'maxai-drill-'));
    const pid = await startIn(folder);
    writeFileSync(claimOf(port), JSON.stringify({ pid: 1, startTicks: -5, folder }));
    const claimed = await claimDrill(port);
    expect(claimed.path).not.toBe(folder);
    expect(existsSync(folder)).toBe(false);
    await until(() => !isRunning(pid));
    await claimed.clear();
    expect(existsSync(claimed.path)).toBe(false);
    writeFileSync(claimOf(port), JSON.stringify({ pid: 1, startTicks: -5, folder }));
    await claimDrill(port).then((again) => again.clear());
    expect(existsSync(claimOf(port))).toBe(false);
  });
});

describe('a run of drills', () => {
  const reportOf = (name: DisasterName, found: number) =>
    judge(
      name,
      { acknowledged: 9, lost: 0, rtoSeconds: 3, rpoSeconds: 0 },
      [{ what: 'tenants', found, expected: 1 }],
      [{ atSeconds: 1, what: `${name} is over` }],
    );

  async function run(found: number, ...words: string[]): Promise<string> {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const error = vi.spyOn(console, 'error').mockReturnValue();
    try {
      const command = drillCommand(async (name, _port, { report, decide }) => {
        report('begun');
        await decide('Go on?');
        return reportOf(name, found);
      });
      await command.parseAsync(['', '', 'run', '--yes', ...words]);
      return log.mock.calls.join('\n');
    } finally {
      log.mockRestore();
      error.mockRestore();
    }
  }

  it('of all disasters ends with one table, of one in JSON with its report, and fails when a check does', async () => {
    const table = await run(1, 'all');
    for (const { name } of disasters) {
      expect(table).toContain(`${name} is over`);
      expect(table).toMatch(new RegExp(`${name} +3\\.0 +0\\.0 +9 +0 +yes +yes`));
    }
    expect(process.exitCode).toBe(0);
    expect(JSON.parse(await run(0, 'data-loss', '--json'))).toEqual([reportOf('data-loss', 0)]);
    expect(process.exitCode).toBe(1);
    process.exitCode = 0;
  });
});

describe('the operator', () => {
  const terminal = (answer: string) => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    input.end(`${answer}\n`);
    return { input, output: new PassThrough() };
  };

  it('is asked, unless the answer was given before', async () => {
    await expect(decider(true, terminal(''))('Fail over?')).resolves.toBeUndefined();
    await expect(decider(false, terminal('yes'))('Fail over?')).resolves.toBeUndefined();
    await expect(decider(false, terminal('no'))('Fail over?')).rejects.toThrow(/decided against/);
    const nobody = { input: new PassThrough(), output: new PassThrough() };
    await expect(decider(false, nobody)('Fail over?')).rejects.toThrow(/Nobody is there[^]*--yes/);
  });

  it('is shown the disasters, and told which values the command takes', async () => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    await drillCommand().parseAsync(['', '', 'list']);
    expect(log.mock.calls.join('\n')).toMatch(/region-outage[^]*Promote the standby/);
    log.mockRestore();
    const run = (...words: string[]) => {
      const command = drillCommand();
      const [, runner] = command.commands;
      for (const part of [command, runner]) {
        part?.exitOverride().configureOutput({ writeErr: () => undefined });
      }
      return command.parseAsync(['', '', 'run', ...words]);
    };
    await expect(run('flood')).rejects.toThrow(/Allowed choices are region-outage/);
    await expect(run('data-loss', '--rate', '0')).rejects.toThrow(/whole number above zero/);
  });
});
