import { Command } from 'commander';
import { repositoryRoot } from '../../platform/environment.ts';
import { retireReleases } from '../../release/retire-releases.ts';
import { decide } from './decide.ts';
import { decideThere, statusThere } from './on-cluster.ts';
import { runRehearsal } from './rehearse.ts';
import { startRelease } from './start.ts';
import { printIncidentReport, reportReleaseStatus } from './status.ts';

const decisions = [
  ['promote', 'give the new version all requests now'],
  ['abort', 'take the new version back while it is being judged'],
  ['rollback', 'go back to the version before, while it is kept'],
] as const;

const there = [
  '--environment <name>',
  'on the cluster kubectl points at (npx maxai pipeline connect), instead of this machine',
] as const;
const whichService = [
  '--service <name>',
  'whose release; here the newest when it is left out, there all for status',
] as const;

/** `maxai release`: a new version beside the old one, judged, then all of the requests or none. */
export function releaseCommand(): Command {
  const program = new Command('release').description('new versions: start, judge, take back');
  program
    .command('start <service>')
    .description('put a version beside the running one and judge it')
    .requiredOption('--version <name>', 'what it is called in the record')
    .option('--from <folder>', 'the checkout it lies in; this one when it is left out')
    .option('--speed <factor>', 'divide the times of the judgement, for trying it out', '1')
    .option('--detach', 'return once it has begun')
    .action(async (service, options) => {
      process.exitCode = await startRelease(service, options);
    });
  program
    .command('status')
    .description('the newest release and what can be done')
    .option('--json', 'for programs')
    .option(...there)
    .option(...whichService)
    .action((options) =>
      options.environment === undefined ? reportReleaseStatus(options) : statusThere(options),
    );
  for (const [decision, description] of decisions) {
    program
      .command(decision)
      .description(description)
      .option(...there)
      .option(...whichService)
      .action(async (options) =>
        console.log(
          options.environment === undefined
            ? await decide(decision, options)
            : decideThere(decision, options),
        ),
      );
  }
  program
    .command('report [id]')
    .description('the incident report of a release that was taken back')
    .option('--service <name>', 'whose newest one, without an id')
    .action(printIncidentReport);
  program
    .command('retire')
    .description('write down which releases no longer run; migrations that waited for it may go on')
    .action(() => {
      const retired = retireReleases(repositoryRoot, new Date());
      console.log(retired.length === 0 ? 'Nothing to retire' : `Retired: ${retired.join(', ')}`);
    });
  program
    .command('rehearse')
    .description('good and bad versions behind the edge of a platform of its own')
    .option('--service <name>', 'api-gateway or webhook-ingress', 'api-gateway')
    .option('--versions <names>', 'good, failing, slow, with commas', 'good,failing,slow')
    .option('--speed <factor>', 'divide the times of the judgement', '15')
    .option('--json', 'for programs')
    .action(async (options) => {
      process.exitCode = await runRehearsal(options);
    });
  return program;
}
