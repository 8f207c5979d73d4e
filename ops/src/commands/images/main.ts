import { platform } from '@maxai/topology/platform';
import { Command, InvalidArgumentError } from 'commander';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { repositoryRoot, stateFolderOf } from '../../platform/environment.ts';
import { runCommand } from '../../platform/run-command.ts';
import { describeError } from '../../supervisor/command-error.ts';
import { pinnedBases } from './base-images.ts';
import { buildImages, selectPlans } from './build-images.ts';
import type { Docker } from './docker.ts';
import { findEngine, requireContainers, UselessEngineError, type Engine } from './engine.ts';
import { imagePlans } from './image-plan.ts';
import { proveImages } from './prove-images.ts';
import { pushImage } from './push-images.ts';
import { readRelease } from './release.ts';
import { imageTable, processTable } from './report.ts';
import { makeStandInBases } from './stand-in-bases.ts';
import { writeRelease } from './write-release.ts';

type BuildFlags = { readonly standIn?: true; readonly release?: string; readonly json?: true };
type SaveFlags = BuildFlags & { readonly save?: string };
type TestFlags = BuildFlags & { readonly skipWithoutEngine?: true; readonly limit: number };
type PushFlags = BuildFlags & { readonly registry: string; readonly environment: string };

const root = repositoryRoot;
const folder = stateFolderOf(process.env).file('images');

/** Kept back for removing what a test left that was cut short. */
const cleanupMs = 20_000;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function build(docker: Docker, names: readonly string[], flags: BuildFlags) {
  const plans = selectPlans(imagePlans(platform), names);
  const bases =
    flags.standIn === true
      ? await makeStandInBases(docker, join(folder, 'bases'))
      : pinnedBases(join(root, 'images/base-images.json'));
  // The upstream bases would have to be pulled for it; their builds tell soon enough.
  if (flags.standIn === true) await requireContainers(docker, bases.build);
  const release = readRelease(root, process.env, flags.release);
  return buildImages(plans, { root, folder, docker, bases, release }, ({ tag, seconds }) =>
    say(`Built ${tag} (${seconds} s)`),
  );
}

/** The engine ends with the work, also when that is interrupted. */
async function withEngine(work: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = await findEngine(join(folder, 'engine'));
  const interrupt = () => void engine.stop().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    await work(engine);
  } finally {
    await engine.stop();
  }
}

async function save(names: readonly string[], flags: SaveFlags): Promise<void> {
  await withEngine(async ({ docker }) => {
    const images = await build(docker, names, flags);
    if (flags.save !== undefined) {
      const archives = resolve(flags.save);
      mkdirSync(archives, { recursive: true });
      for (const { name, tag } of images) {
        await docker.run(['save', '--output', join(archives, `${name}.tar`), tag]);
      }
    }
    console.log(flags.json === true ? JSON.stringify(images) : imageTable(images));
  });
}

async function prove({ docker, host }: Engine, flags: TestFlags, deadline: number): Promise<void> {
  const images = await build(docker, [], flags);
  const limitMs = Math.max(1, deadline - cleanupMs - Date.now());
  const processes = await proveImages({ root, folder, docker, dockerHost: host, images, limitMs });
  console.log(
    flags.json === true
      ? JSON.stringify({ images, processes })
      : `\n${imageTable(images)}\n\n${processTable(processes)}`,
  );
}

async function test(flags: TestFlags): Promise<void> {
  const deadline = Date.now() + flags.limit * 60_000;
  let isStarted = false;
  try {
    await withEngine(async (engine) => {
      isStarted = true;
      const late = setTimeout(() => {
        say(`The images are not built and tested within ${flags.limit} minutes.`);
        void engine.stop().finally(() => process.exit(1));
      }, deadline - Date.now());
      await prove(engine, flags, deadline).finally(() => clearTimeout(late));
    });
  } catch (error) {
    const noEngine = !isStarted || error instanceof UselessEngineError;
    if (!noEngine || flags.skipWithoutEngine !== true) throw error;
    say(
      `The images are NOT built and NOT tested: nothing was checked of them. ${describeError(error)}`,
    );
  }
}

async function push(flags: PushFlags): Promise<void> {
  await withEngine(async ({ docker }) => {
    const digests: Record<string, string> = {};
    for (const image of await build(docker, [], flags)) {
      digests[image.name] = await pushImage(docker, image, flags.registry);
      say(`Pushed ${image.name}@${digests[image.name]}`);
    }
    const { version } = readRelease(root, process.env, flags.release);
    console.log(writeRelease(root, flags.environment, version, digests));
  });
}

function minutes(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('give a number of minutes');
}

const program = new Command('maxai images').description('Container images of the platform.');

function subcommand(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--stand-in', 'on bases made from Debian packages, where no registry is reachable')
    .option('--release <version>', 'their tag; otherwise the commit')
    .option('--json', 'for programs');
}

subcommand('build', 'build images, all of them or those named')
  .argument('[names...]')
  .option('--save <folder>', 'and write each as an archive for `docker load` or `kind load`')
  .action(save);
subcommand('test', 'build every image, run every process in its container, prove what it must be')
  .option('--skip-without-engine', 'succeed, saying so, where no engine can start')
  .option('--limit <minutes>', 'end, failed, after so many', minutes, 20)
  .action(test);
subcommand(
  'push',
  'build, push to a registry and write the digests into the lock of an environment',
)
  .requiredOption('--registry <registry>', 'without the image, for example localhost:5000/platform')
  .requiredOption('--environment <name>')
  .action(push);

await runCommand(program);
