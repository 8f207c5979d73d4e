import { Command, InvalidArgumentError, Option } from 'commander';
import { setTimeout } from 'node:timers/promises';
import { repositoryRoot } from '../../platform/environment.ts';
import { approve } from './approve.ts';
import { scanImages, signImages } from './check-images.ts';
import { findTarget } from './cloud-target.ts';
import { connect, deploy } from './deploy.ts';
import type { Stage } from './deployment-stages.ts';
import { recordRelease } from './record.ts';
import { login } from './registry-login.ts';
import type { ToolRun } from './run-tool.ts';
import { verifyApproval, type Clock } from './verify-approval.ts';

type Place = { readonly environment: string; readonly cloud: string };

function positive(text: string): number {
  const value = Number(text);
  if (text !== '' && value >= 0) return value;
  throw new InvalidArgumentError('give a number');
}

const systemClock: Clock = { now: () => new Date(), wait: (ms) => setTimeout(ms) };

function addImages(pipeline: Command, run: ToolRun): void {
  const steps = [
    ['scan', 'look for known vulnerabilities and secrets in the images of a lock', scanImages],
    ['sign', 'sign the images of a lock and attest their bills of materials', signImages],
    ['login', 'sign the container engine in to a registry', login],
    ['connect', 'point kubectl at a cluster', connect],
  ] as const;
  for (const [name, description, step] of steps) {
    pipeline
      .command(name)
      .description(description)
      .requiredOption('--environment <name>')
      .requiredOption('--cloud <name>', 'gke or eks')
      .action(({ environment, cloud }: Place) =>
        step(run, findTarget(environment, cloud), (line) => console.log(line)),
      );
  }
}

function addApproval(pipeline: Command, run: ToolRun, clock: Clock): void {
  pipeline
    .command('approve')
    .description('sign, as a release manager, that the images of a lock may be released')
    .requiredOption('--key <file>', 'your SSH key, as .github/release-managers lists it')
    .option('--environment <name>', 'where to', 'production')
    .option('--commit <ref>', 'what they were built of', 'HEAD')
    .option('--hours <number>', 'how long the approval is good', positive, 8)
    .action((options: { environment: string; commit: string; key: string; hours: number }) => {
      const tag = approve(run, options, clock.now());
      console.log(`Approved as ${tag}. Now: git push origin ${tag}`);
    });
  pipeline
    .command('verify-approval')
    .description('fail unless a release manager approved exactly these images of this commit')
    .option('--environment <name>', 'where to', 'production')
    .option('--commit <ref>', 'what they were built of', 'HEAD')
    .option('--wait-minutes <number>', 'for the approval to be pushed', positive, 0)
    .action(async (options: { environment: string; commit: string; waitMinutes: number }) => {
      const { tag, signer } = await verifyApproval(run, options, clock);
      console.log(`${signer} approved it: ${tag}`);
    });
}

function addDeployment(pipeline: Command, run: ToolRun, clock: Clock): void {
  pipeline
    .command('deploy')
    .description('apply what is rendered and wait until it is there')
    .requiredOption('--environment <name>')
    .requiredOption('--cloud <name>', 'gke or eks')
    .addOption(
      new Option('--stage <stage>', 'migrations come first, on their own')
        .choices(['migrations', 'release'])
        .makeOptionMandatory(),
    )
    .option('--minutes <number>', 'to wait for each wave', positive, 60)
    .action(async (options: Place & { stage: Stage; minutes: number }) => {
      const { environment, cloud, stage, minutes } = options;
      const tell = (line: string) => console.log(line);
      await deploy(run, findTarget(environment, cloud), stage, { clock, minutes, tell });
      console.log(`${environment} on ${cloud} has the ${stage}`);
    });
  pipeline
    .command('record')
    .description('write down that a release serves all traffic, and push that')
    .option('--environment <name>', 'where it does', 'production')
    .action(({ environment }: { environment: string }) => {
      const { tag, branch } = recordRelease(run, environment, clock.now());
      console.log(`Recorded as ${tag}; merge ${branch}`);
    });
}

/** The steps of a release that are not a command of something else already. */
export function pipelineCommand(
  run: ToolRun = { cwd: repositoryRoot, env: process.env },
  clock: Clock = systemClock,
): Command {
  const pipeline = new Command('pipeline').description('a release on its way to production');
  addImages(pipeline, run);
  addApproval(pipeline, run, clock);
  addDeployment(pipeline, run, clock);
  return pipeline;
}
