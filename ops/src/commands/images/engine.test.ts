import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dockerAt } from './docker.ts';
import { findEngine, requireContainers, startEngine, UselessEngineError } from './engine.ts';
import { proveImages } from './prove-images.ts';
import { makeStandInBases } from './stand-in-bases.ts';

const engineModule = new URL('./engine.ts', import.meta.url).href;
let folder: string;
let programs: string;

/** Stands for a program of the machine, which the tests must neither install nor start. */
function program(name: string, script: string): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maxai-engine-'));
  programs = join(folder, 'bin');
  mkdirSync(programs);
  vi.stubEnv('PATH', `${programs}:${process.env['PATH']}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe('the engine', () => {
  beforeEach(() => program('umount', 'exit 0'));

  it('that runs already is used, and left running', async () => {
    program('docker', 'echo 20.10');
    const engine = await findEngine(folder);
    expect(engine.host).toBeUndefined();
    await engine.stop();
    expect(await engine.docker.run(['version'])).toBe('20.10');
  });

  it('is started when none runs, apart from the machine, and ended', async () => {
    const [started, ended] = [join(folder, 'started'), join(folder, 'ended')];
    program(
      'dockerd',
      `[ "$1" = --version ] && exit 0
      trap 'touch ${ended}; exit 0' TERM
      echo "$@" > ${started}
      while :; do sleep 0.05; done`,
    );
    // Nothing answers where the command line itself would look.
    program('docker', `[ -n "$DOCKER_HOST" ] && [ -f ${started} ]`);
    vi.stubEnv('DOCKER_HOST', undefined);
    const engine = await findEngine(folder);
    const told = readFileSync(started, 'utf8');
    expect(told).toContain(`--host=${engine.host}`);
    expect(told).toContain(`--data-root=${folder}/data`);
    expect(told).toContain('--iptables=false');
    expect(existsSync(ended)).toBe(false);
    await engine.stop();
    expect(existsSync(ended)).toBe(true);
  });

  it('that cannot start says why', async () => {
    program('dockerd', `[ "$1" = --version ] && exit 0; echo 'no overlay here' >&2; exit 1`);
    program('docker', 'exit 1');
    await expect(startEngine(folder)).rejects.toThrow(
      /does not start here[^]*no overlay here[^]*Fix: see .*dockerd\.log/,
    );
  });
});

describe('an engine that starts', () => {
  it('is useless when it runs no container, and says what stands in the way', async () => {
    program('docker', `[ "$1 $4" = 'run base' ] && exit 0; echo 'no cgroups here' >&2; exit 125`);
    await requireContainers(dockerAt(), 'base');
    const refused = requireContainers(dockerAt(), 'other');
    await expect(refused).rejects.toThrow(UselessEngineError);
    await expect(refused).rejects.toThrow(/runs no container[^]*no cgroups here[^]*Fix: see what/);
  });

  it('ends with the command that started it, also when that is killed', async () => {
    const pidFile = join(folder, 'dockerd.pid');
    program(
      'dockerd',
      `[ "$1" = --version ] && exit 0
      echo $$ > ${pidFile}.tmp; mv ${pidFile}.tmp ${pidFile}
      while :; do sleep 0.05; done`,
    );
    program('docker', `[ -f ${pidFile} ]`);
    const script = `await (await import(${JSON.stringify(engineModule)})).startEngine(${JSON.stringify(folder)});
      process.kill(process.pid, 'SIGKILL');`;
    const command = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TMPDIR: folder },
    });
    expect(command.signal).toBe('SIGKILL');
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false);
  });
});

describe('stand-in bases', () => {
  beforeEach(() => {
    program('dpkg-deb', 'mkdir -p "$3/etc/ssl/certs"; touch "$3/etc/$(basename "$2")"');
    program('docker', `tar --list --file "$2" > ${folder}/$(basename "$3")`);
  });

  it('have what Node links to; the one that builds has this Node and npm besides', async () => {
    program('apt-get', 'shift 2; for name in "$@"; do touch "$name.deb"; done');
    const bases = await makeStandInBases(dockerAt(), join(folder, 'bases'));
    expect(bases).toEqual({
      build: 'maxai/stand-in-build:local',
      runtime: 'maxai/stand-in-runtime:local',
      network: 'host',
    });
    const runtime = readFileSync(join(folder, 'stand-in-runtime:local'), 'utf8').split('\n');
    const build = readFileSync(join(folder, 'stand-in-build:local'), 'utf8').split('\n');
    expect(runtime).toContain('./etc/libstdc++6.deb');
    expect(runtime.filter((path) => /node|npm|dash/.test(path))).toEqual([]);
    expect(build).toEqual(
      expect.arrayContaining([
        './etc/dash.deb',
        './usr/local/bin/node',
        './usr/local/bin/npm',
        './usr/local/etc/npmrc',
      ]),
    );
  });

  it('need a machine that has Debian packages', async () => {
    program('apt-get', 'echo "Unable to locate package" >&2; exit 100');
    await expect(makeStandInBases(dockerAt(), join(folder, 'bases'))).rejects.toThrow(
      /apt-get download failed: Unable to locate package[^]*Fix: .*run it on Debian/,
    );
  });
});

describe('proving the images', () => {
  const proof = () => ({
    root: folder,
    folder,
    docker: dockerAt(),
    dockerHost: 'unix:///d',
    images: [],
    limitMs: 20_000,
  });
  beforeEach(() =>
    program(
      'docker',
      `case "$1" in ps) printf 'one\\ntwo\\n' ;; *) echo "$@" >> ${folder}/told ;; esac`,
    ),
  );
  const testRunner = (code: string) => {
    mkdirSync(join(folder, 'node_modules/vitest'), { recursive: true });
    writeFileSync(
      join(folder, 'node_modules/vitest/vitest.mjs'),
      `import { readFileSync, writeFileSync } from 'node:fs';
      const handover = JSON.parse(readFileSync(process.env.MAXAI_IMAGES_HANDOVER, 'utf8'));
      ${code}`,
    );
  };

  it('hands the images to their tests and returns what those measured', async () => {
    testRunner(
      `writeFileSync(handover.report, JSON.stringify({ startMs: { [handover.dockerHost]: 1 } }));`,
    );
    expect(await proveImages(proof())).toEqual({ startMs: { 'unix:///d': 1 } });
    expect(readFileSync(join(folder, 'told'), 'utf8')).toBe('rm --force one two\n');
  });

  it('fails when a test fails, or when they take too long', async () => {
    program('docker', 'exit 0');
    testRunner('process.exitCode = 3;');
    await expect(proveImages(proof())).rejects.toThrow('do not pass their tests (3)');
    testRunner('setInterval(() => {}, 1000);');
    await expect(proveImages({ ...proof(), limitMs: 300 })).rejects.toThrow(
      /TimeoutError|AbortError/,
    );
  });
});
