import { Command } from 'commander';
import { check } from './check.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import { render } from './render.ts';

const environment = ['--environment <name>', 'only production, staging or development'] as const;
const cloud = ['--cloud <name>', 'only gke, eks or kind'] as const;
const json = ['--json', 'for programs'] as const;

/** `maxai topology`: what is rendered from the model, whether it holds, what it changes and why it is so. */
export function topologyProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('maxai topology').description('the deployment architecture as code');
  program
    .command('render')
    .description('write the manifests of every cluster')
    .option(...environment)
    .option(...cloud)
    .option('--check', 'only say which are out of date')
    .action(async (options) => setExitCode(await render(options)));
  program
    .command('check')
    .description('check the model and everything it renders')
    .option(...environment)
    .option(...cloud)
    .option(...json)
    .action(async (options) => setExitCode(await check(options)));
  program
    .command('diff <environment>')
    .description('what would change on its clusters, field by field')
    .option('--against <git-ref>', 'the manifests to compare with', 'HEAD')
    .option(...cloud)
    .option(...json)
    .action((name, options) => diff(name, options));
  program
    .command('explain <object...>')
    .description('why an object looks as it does: prod-services/Rollout/iam, or hpa iam')
    .option(...environment)
    .option(...cloud)
    .option(...json)
    .action((words, options) => explain(words, options));
  return program;
}
