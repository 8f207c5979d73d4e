import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../supervisor/command-error.ts';
import type { BuiltImage } from './build-image.ts';
import type { Docker } from './docker.ts';
import type { Figures } from './report.ts';

export type Proof = {
  /** The repository. */
  readonly root: string;
  readonly folder: string;
  readonly docker: Docker;
  readonly dockerHost: string | undefined;
  readonly images: readonly BuiltImage[];
  readonly limitMs: number;
};

/** On every container of the tests, so that a run that was cut short leaves none. */
export const testLabel = 'maxai.images=test';

async function removeContainers(docker: Docker): Promise<void> {
  const left = await docker.run(['ps', '--all', '--quiet', '--filter', `label=${testLabel}`]);
  if (left !== '') await docker.run(['rm', '--force', ...left.split('\n')]);
}

/** Runs the tests of the images, in which every process runs in its container. Throws when one fails. */
export async function proveImages(proof: Proof): Promise<Figures> {
  const { root, folder, docker, dockerHost, images, limitMs } = proof;
  const handover = join(folder, 'handover.json');
  const report = join(folder, 'figures.json');
  rmSync(report, { force: true });
  writeFileSync(handover, JSON.stringify({ dockerHost, report, images }));
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--config', 'images/vitest.config.ts'], {
    cwd: root,
    // The tables below go to standard output, for programs too.
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, MAXAI_IMAGES_HANDOVER: handover },
    signal: AbortSignal.timeout(limitMs),
  });
  const [code] = (await once(child, 'exit').catch((error: unknown) => [String(error)])) as [
    unknown,
  ];
  await removeContainers(docker);
  if (code !== 0) {
    throw new CommandError(
      `The images do not pass their tests (${String(code)}).`,
      'mend what the tests above name, then run it again',
    );
  }
  // The tests write it last.
  return JSON.parse(readFileSync(report, 'utf8')) as Figures;
}
