import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { summaryOf } from '../src/commands/test/run.ts';
import { findLog } from '../src/commands/platform/logs.ts';
import { removeState } from '../src/commands/platform/reset.ts';
import { formatStatus } from '../src/commands/platform/status.ts';
import { stateFolderOf } from '../src/platform/environment.ts';
import { localPlatformOf } from '../src/platform/local-platform.ts';
import { platformStatus } from '../src/platform/platform-status.ts';
import { selectProcesses } from '../src/platform/selected-processes.ts';
import { buildWebApp, isBuilt } from '../src/platform/web-build.ts';
import { CommandError, describeError } from '../src/supervisor/command-error.ts';
import { boundLog, followLog, lastLines } from '../src/supervisor/log-file.ts';
import { healthAnswer } from '../src/supervisor/probe.ts';
import { ownBytes, residentBytes } from '../src/supervisor/process-table.ts';
import { readOrMakeSecrets } from '../src/supervisor/secrets-file.ts';
import { claimState } from '../src/supervisor/state-claim.ts';
import type { StateFolder } from '../src/supervisor/state-folder.ts';
import { newState } from './fixtures/local-platform.ts';

let state: StateFolder;

beforeEach(() => {
  state = newState();
});

afterEach(() => {
  rmSync(state.path, { recursive: true });
});

describe('secrets', () => {
  test('are made once by kind, kept, and readable by their owner only', () => {
    const path = state.file('secrets.json');
    const made = readOrMakeSecrets(path, [
      { name: 'password', kind: 'password' },
      { name: 'key', kind: 'random-256-base64' },
      { name: 'jwk', kind: 'ed25519-jwk' },
      { name: 'client', kind: 'external', developmentValue: 'given' },
    ]);
    expect(made['password']).toMatch(/^[\w-]{32}$/);
    expect(Buffer.from(made['key']!, 'base64')).toHaveLength(32);
    const key = JSON.parse(made['jwk']!) as JsonWebKey;
    expect(createPrivateKey({ key, format: 'jwk' }).asymmetricKeyType).toBe('ed25519');
    expect(made['client']).toBe('given');
    expect(statSync(path).mode & 0o777).toBe(0o600);

    const later = readOrMakeSecrets(path, [
      { name: 'password', kind: 'password' },
      { name: 'later', kind: 'password' },
    ]);
    expect(later['password']).toBe(made['password']);
    expect(later['later']).toMatch(/^[\w-]{32}$/);
    expect(readOrMakeSecrets(path, [])).toEqual(later);
  });
});

describe('logs', () => {
  test('the last lines are the last lines, of any size, and of no file', () => {
    const path = state.log('any');
    expect(lastLines(path, 3)).toBe('');
    writeFileSync(path, Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join(''));
    expect(lastLines(path, 2)).toBe('line 19998\nline 19999');
  });

  test('a log over its bound is emptied in place and kept beside', () => {
    const path = state.log('any');
    writeFileSync(path, 'twelve bytes');
    boundLog(path, 12);
    expect(statSync(path).size).toBe(12);
    boundLog(path, 11);
    expect(statSync(path).size).toBe(0);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('twelve bytes');
  });

  test('following yields what is added, also after the log was emptied', async () => {
    const path = state.log('any');
    writeFileSync(path, 'old');
    const stop = new AbortController();
    const following = followLog(path, 3, stop.signal);
    const next = following.next();
    appendFileSync(path, ' new');
    expect((await next).value).toBe(' new');
    const afterwards = following.next();
    writeFileSync(path, 'x');
    expect((await afterwards).value).toBe('x');
    stop.abort();
    expect((await following.next()).done).toBe(true);
  });

  test('a log is found by its process, wherever it is, and an unknown one names the known', () => {
    expect(() => findLog(state, 'iam')).toThrow('start the platform first');
    writeFileSync(state.log('iam'), '');
    writeFileSync(state.file('postgres.log'), '');
    expect(findLog(state, 'iam')).toBe(state.log('iam'));
    expect(findLog(state, 'postgres')).toBe(state.file('postgres.log'));
    expect(() => findLog(state, 'nobody')).toThrow('choose among iam, postgres');
  });
});

describe('the state folder', () => {
  test('a claim of a process that is gone is taken over', () => {
    writeFileSync(state.file('supervisor.claim'), JSON.stringify({ pid: 1, startTicks: -5 }));
    const release = claimState(state);
    expect(readFileSync(state.file('supervisor.claim'), 'utf8')).toContain(String(process.pid));
    release();
    expect(existsSync(state.file('supervisor.claim'))).toBe(false);
  });

  test('reset removes what the platform wrote and nothing else', async () => {
    writeFileSync(state.file('secrets.json'), '{}');
    writeFileSync(state.file('holiday.jpg'), '');
    mkdirSync(join(state.file('redis-queue'), 'appendonlydir'), { recursive: true });
    await removeState(state);
    expect(
      ['secrets.json', 'redis-queue', 'logs', 'postgres'].filter((n) => existsSync(state.file(n))),
    ).toEqual([]);
    expect(existsSync(state.file('holiday.jpg'))).toBe(true);
  });

  test('nothing running is a status of its own', async () => {
    const status = await platformStatus(state);
    expect(status).toMatchObject({ state: 'stopped', processes: [] });
    expect(formatStatus(status)).toContain('npm start');
  });

  test('a status for people has a line a process and says what is unhealthy', () => {
    const text = formatStatus({
      state: 'ready',
      url: 'http://localhost:8080',
      supervisor: { pid: 1, rssBytes: 1024 * 1024 },
      rssBytes: 3 * 1024 * 1024,
      processes: [
        {
          name: 'iam',
          pid: 2,
          port: 4103,
          state: 'running',
          restarts: 0,
          rssBytes: 0,
          healthy: true,
        },
        {
          name: 'edge',
          pid: 3,
          port: 8080,
          state: 'running',
          restarts: 2,
          rssBytes: 2 * 1024 * 1024,
          healthy: false,
        },
      ],
    });
    expect(text).toContain('MaxAI is ready: http://localhost:8080 (3 MB in all)');
    expect(text).toMatch(/^iam +running +2 +4103 +0 +0 MB$/m);
    expect(text).toMatch(/^edge +unhealthy +3 +8080 +2 +2 MB$/m);
  });
});

describe('the environment of the command', () => {
  const env = { MAXAI_STATE: undefined, MAXAI_PORT: undefined };

  test('the state folder is .maxai of the checkout unless MAXAI_STATE says otherwise', () => {
    expect(stateFolderOf(env).path).toMatch(/\/\.maxai$/);
    expect(stateFolderOf({ MAXAI_STATE: state.path }).path).toBe(state.path);
  });

  test('MAXAI_PORT moves every port and the public URL', () => {
    const usual = localPlatformOf(env, state);
    const moved = localPlatformOf({ MAXAI_PORT: '9080' }, state);
    expect(usual.url).toBe('http://localhost:8080');
    expect(moved.url).toBe('http://localhost:9080');
    expect(moved.secrets).toEqual(usual.secrets);
    const ports = (plan: typeof usual.plan) => [
      plan.postgres.port,
      ...[...plan.redis, ...plan.processes].map(({ port }) => port),
    ];
    expect(ports(moved.plan)).toEqual(ports(usual.plan).map((port) => port + 1000));
  });

  test.each(['80', '70000', 'many', '10080', '8170'])(
    'MAXAI_PORT=%s is refused with an example that works',
    (port) => {
      expect(() => localPlatformOf({ MAXAI_PORT: port }, state)).toThrow('MAXAI_PORT=9080');
    },
  );

  test('--only takes what is asked for and what that needs; an unknown name lists the known', () => {
    const { plan } = localPlatformOf(env, state);
    const names = (only: string[] | undefined) =>
      selectProcesses(plan, only).map(({ name }) => name);
    expect(names(undefined)).toHaveLength(plan.processes.length);
    expect(names(['prompt-svc'])).toEqual(['sandbox', 'iam', 'prompt-svc']);
    expect(() => names(['iam', 'nobody'])).toThrow(/no process called nobody[^]*api-gateway/);
  });

  test('every entry of the plan that needs no build is there', () => {
    const { plan } = localPlatformOf(env, state);
    const missing = plan.processes
      .filter(({ kind }) => kind !== 'web')
      .filter(({ entry }) => !existsSync(new URL(`../../${entry}`, import.meta.url)));
    expect(missing).toEqual([]);
  });
});

test('what is not there has no memory and does not answer', async () => {
  expect(residentBytes([-1])).toBe(0);
  expect(ownBytes([-1])).toBe(0);
  expect(await healthAnswer({ port: 9 })).toBe('its port does not accept');
  expect(await healthAnswer({ port: 1024, healthUrl: 'http://127.0.0.1:1024/health' })).toContain(
    'does not answer',
  );
});

test('memory that a process allocated for itself is a part of what it has', () => {
  const all = residentBytes([process.pid]);
  const own = ownBytes([process.pid]);
  expect(own).toBeGreaterThan(10_000_000);
  // The program's own file is the least of the rest.
  expect(all - own).toBeGreaterThan(5_000_000);
});

test('an error with a fix shows no stack, a bug does', () => {
  expect(describeError(new CommandError('It broke.', 'mend it'))).toBe('It broke.\n  Fix: mend it');
  expect(describeError(new Error('a bug'))).toContain('state.test.ts');
  expect(describeError('thrown text')).toBe('thrown text');
});

test('the last line of a test run counts what passed and failed', () => {
  expect(summaryOf('{"numPassedTests":12,"numFailedTests":3}')).toBe('12 passed, 3 failed');
});

describe('a web build', () => {
  /** A checkout whose `next` does what the test says; only its command line is Next's. */
  function checkout(next: string): { root: string; app: string; logFile: string } {
    const root = state.file('checkout');
    const files = {
      'node_modules/next/dist/bin/next': next,
      'apps/web/src/page.ts': 'export {};',
      'apps/web/public/icon.svg': '<svg/>',
      'package-lock.json': '{}',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return { root, app: 'web', logFile: state.log('build-web') };
  }

  const goOn = new AbortController().signal;
  const quiet = () => undefined;
  const writesOutput = `
    const { mkdirSync, writeFileSync } = require('node:fs');
    for (const folder of ['.next/static', '.next/standalone/apps/web']) mkdirSync(folder, { recursive: true });
    writeFileSync('.next/static/chunk.js', '');`;

  test('puts static files beside the server and is not repeated until a source changes', async () => {
    const build = checkout(writesOutput);
    expect(isBuilt(build)).toBe(false);
    await buildWebApp(build, goOn, quiet);
    const server = join(build.root, 'apps/web/.next/standalone/apps/web');
    expect(existsSync(join(server, '.next/static/chunk.js'))).toBe(true);
    expect(existsSync(join(server, 'public/icon.svg'))).toBe(true);
    expect(isBuilt(build)).toBe(true);
    writeFileSync(join(build.root, 'apps/web/src/page.ts'), 'export const changed = true;');
    expect(isBuilt(build)).toBe(false);
  });

  test('an app without public files is built as well', async () => {
    const build = checkout(writesOutput);
    rmSync(join(build.root, 'apps/web/public'), { recursive: true });
    await buildWebApp(build, goOn, quiet);
    expect(isBuilt(build)).toBe(true);
  });

  test('that fails shows the end of its log and is tried again', async () => {
    const build = checkout("console.log('Type error: no'); process.exit(1);");
    await expect(buildWebApp(build, goOn, quiet)).rejects.toThrow(
      /web could not be built \(exit code 1\)[^]*Type error: no/,
    );
    expect(isBuilt(build)).toBe(false);
  });

  test('waits for another of the same app, says so, and does not repeat it', async () => {
    const build = checkout(`${writesOutput}
      require('node:fs').appendFileSync('.next/builds', 'x');
      setTimeout(() => {}, 300);`);
    const reports: string[] = [];
    const report = (line: string) => void reports.push(line);
    await Promise.all([buildWebApp(build, goOn, report), buildWebApp(build, goOn, report)]);
    expect(readFileSync(join(build.root, 'apps/web/.next/builds'), 'utf8')).toBe('x');
    expect(reports).toEqual([`web is being built by process ${process.pid}: waiting for it`]);
    await buildWebApp(build, goOn, report);
    expect(reports).toHaveLength(1);
  });

  test('gives up when the other does not end, or is interrupted while it waits', async () => {
    const build = checkout('setInterval(() => {}, 1000);');
    const stop = new AbortController();
    const first = buildWebApp(build, stop.signal, quiet);
    await expect(buildWebApp(build, goOn, quiet, 100)).rejects.toThrow(
      `web is still being built by process ${process.pid}`,
    );
    const waiting = buildWebApp(build, stop.signal, quiet);
    stop.abort();
    await expect(first).rejects.toBe(stop.signal.reason);
    await expect(waiting).rejects.toBe(stop.signal.reason);
  });

  test('that is interrupted ends at once', async () => {
    const build = checkout('setInterval(() => {}, 1000);');
    const stop = new AbortController();
    const building = buildWebApp(build, stop.signal, quiet);
    stop.abort();
    await expect(building).rejects.toThrow('aborted');
  });
});
