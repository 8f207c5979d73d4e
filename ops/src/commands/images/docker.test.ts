import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answers, dockerAt } from './docker.ts';
import { pushImage } from './push-images.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maxai-docker-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Stands for the engine's command line: keeps what it was told, then runs the script. */
function commandLine(script: string): string {
  const program = join(folder, 'docker');
  writeFileSync(program, `#!/bin/sh\necho "$DOCKER_HOST $*" >> ${folder}/told\n${script}\n`);
  chmodSync(program, 0o755);
  return program;
}

function told(): string[] {
  return readFileSync(join(folder, 'told'), 'utf8').trimEnd().split('\n');
}

describe('talking to an engine', () => {
  it('asks the one it was given and returns its answer', async () => {
    const docker = dockerAt('unix:///run/own.sock', commandLine('echo "answer  "; echo noise >&2'));
    expect(await docker.run(['image', 'ls'])).toBe('answer');
    expect(told()).toEqual(['unix:///run/own.sock image ls']);
  });

  it('fails with the end of what the engine said', async () => {
    const docker = dockerAt(
      undefined,
      commandLine('echo "step 3"; echo "no space left" >&2; exit 7'),
    );
    await expect(docker.run(['build', '--tag', 'a', '.'])).rejects.toThrow(
      /docker build --tag failed \(exit code 7\):\n[^]*no space left[^]*Fix:/,
    );
  });

  it('can tell whether one is there', () => {
    expect(answers('unix:///run/own.sock', commandLine('echo 20.10'))).toBe(true);
    expect(answers(undefined, commandLine('exit 1'))).toBe(false);
  });
});

describe('pushing an image', () => {
  const image = { name: 'iam', tag: 'maxai/iam:1.2.3' };
  const digest = `sha256:${'a'.repeat(64)}`;

  it('returns the digest that the registry it went to gave it', async () => {
    const program = commandLine(
      `case "$1" in image) echo "other.example/iam@sha256:1"; echo "host:5000/p/iam@${digest}" ;; esac`,
    );
    expect(await pushImage(dockerAt(undefined, program), image, 'host:5000/p')).toBe(digest);
    expect(told().map((line) => line.trim())).toEqual([
      'tag maxai/iam:1.2.3 host:5000/p/iam:1.2.3',
      'push host:5000/p/iam:1.2.3',
      expect.stringContaining('image inspect'),
    ]);
  });

  it('is not done when the engine knows no digest', async () => {
    const docker = dockerAt(undefined, commandLine(''));
    await expect(pushImage(docker, image, 'host:5000/p')).rejects.toThrow(
      'host:5000/p/iam:1.2.3 was pushed, but the engine knows no digest of it',
    );
  });
});
