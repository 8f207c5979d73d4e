import { Command } from 'commander';
import { repositoryRoot } from '../../platform/environment.ts';
import { checkSchemas } from './check.ts';

export function schemasCommand(root = repositoryRoot): Command {
  const schemas = new Command('schemas').description('what is published, stored and queued');
  schemas
    .command('check')
    .description('every schema against its meta-schema and the last release')
    .action(async () => {
      const problems = await checkSchemas(root);
      for (const problem of problems) console.error(problem);
      console.log(`${problems.length} problems`);
      process.exitCode = problems.length === 0 ? 0 : 1;
    });
  return schemas;
}
