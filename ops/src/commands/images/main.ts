import { platform } from '@maxai/topology/platform';
import { Command, InvalidArgumentError } from 'commander';
import { join } from 'node:path';
import { repositoryRoot, stateFolderOf } from '../../platform/environment.ts';
import { runCommand } from '../../platform/run-command.ts';
import { pinnedBases } from './base-images.ts';
import { buildImages, selectPlans } from './build-images.ts';
import { describeError } from '../../supervisor/command-error.ts';
import { findEngine, type Engine } from './engine.ts';
import { imagePlans } from './image-plan.ts';
import { proveImages } from './prove-images.ts';
import { pushImage } from './push-images.ts';
import { readRelease } from './release.ts';
import { imageTable, processTable } from './report.ts';
import { makeStandInBases } from './stand-in-bases.ts';
import { writeRelease } from './write-release.ts';

type BuildFlags = { readonly standIn?: true; readonly release?: string; readonly json?: true };

const folder = stateFolderOf(process.env).file('images');
const plans = imagePlans(platform);

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function build(engine: Engine, names: readonly string[], flags: BuildFlags) {
  const chosen = selectPlans(plans, names);
  const bases =
    flags.standIn === true
      ? await makeStandInBases(engine.docker, join(folder, 'bases'))
      : pinnedBases(join(repositoryRoot, 'images/base-images.json'));
  const release = readRelease(repositoryRoot, process.env, flags.release);
  const options = { root: repositoryRoot, folder, docker: engine.docker, bases, release };
  return buildImages(chosen, options, ({ tag, seconds }) => say(`Built ${tag} (${seconds} s)`));
}

async function withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await findEngine(join(folder, 'engine'));
  try {
    return await work(engine);
  } finally {
    await engine.stop();
  }
}

function minutes(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('give a number of minutes');
}

const program = new Command('maxai images').description('Container images of the platform.');
const withBuildFlags = (command: Command) =>
  command
    .option('--stand-in', 'on bases made from Debian packages, where no registry is reachable')
    .option('--release <version>', 'their tag; otherwise the commit')
    .option('--json', 'for programs');

withBuildFlags(program.command('build'))
  .description('build images, all of them or those named')
  .argument('[names...]')
  .option('--save <folder>', 'and write each as an archive for `docker load` or `kind load`')
  .action(async (names: string[], flags: BuildFlags & { readonly save?: string }) => {
    await withEngine(async (engine) => {
      const images = await build(engine, names, flags);
      for (const { name, tag } of flags.save === undefined ? [] : images) {
        await engine.docker.run(['save', '--output', join(String(flags.save), `${name}.tar`), tag]);
      }
      console.log(flags.json === true ? JSON.stringify(images) : imageTable(images));
    });
  });

withBuildFlags(program.command('test'))
  .description('build every image, run every process in its container and prove what it must be')
  .option('--skip-without-engine', 'succeed, saying so, where no engine can start')
  .option('--limit <minutes>', 'end, failed, after so many', minutes, 20)
  .action(
    async (flags: BuildFlags & { readonly skipWithoutEngine?: true; readonly limit: number }) => {
      const deadline = Date.now() + flags.limit * 60_000;
      let engine: Engine;
      try {
        engine = await findEngine(join(folder, 'engine'));
      } catch (error) {
        if (flags.skipWithoutEngine !== true) throw error;
        say(`The images are NOT tested here. ${describeError(error)}`);
        return;
      }
      const late = setTimeout(() => {
        say(`The images are not built and tested within ${flags.limit} minutes.`);
        void engine.stop().finally(() => process.exit(1));
      }, flags.limit * 60_000);
      try {
        const images = await build(engine, [], flags);
        const limitMs = Math.max(1, deadline - Date.now() - 10_000);
        const dockerHost = engine.host;
        const proof = { root: repositoryRoot, folder, dockerHost, images, limitMs };
        const figures = await proveImages(proof);
        console.log(
          flags.json === true
            ? JSON.stringify({ images, processes: figures })
            : `\n${imageTable(images)}\n\n${processTable(figures)}`,
        );
      } finally {
        clearTimeout(late);
        await engine.stop();
      }
    },
  );

program
  .command('push')
  .description('build, push to a registry and write the digests into the lock of an environment')
  .requiredOption('--registry <registry>', 'without the image, for example localhost:5000/platform')
  .requiredOption('--environment <name>')
  .option('--stand-in', 'on bases made from Debian packages, where no registry is reachable')
  .option('--release <version>', 'their tag; otherwise the commit')
  .action(
    async (flags: BuildFlags & { readonly registry: string; readonly environment: string }) => {
      await withEngine(async (engine) => {
        const images = await build(engine, [], flags);
        const digests: Record<string, string> = {};
        for (const image of images) {
          digests[image.name] = await pushImage(engine.docker, image, flags.registry);
          say(`Pushed ${image.name}@${digests[image.name]}`);
        }
        const { version } = readRelease(repositoryRoot, process.env, flags.release);
        console.log(writeRelease(repositoryRoot, flags.environment, version, digests));
      });
    },
  );

await runCommand(program);
