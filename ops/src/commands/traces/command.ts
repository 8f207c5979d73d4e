import { samplingPolicy } from '@maxai/topology/observability/sampling-policy';
import { Command } from 'commander';
import { audit } from './audit.ts';

/** `maxai traces`: whether the traces that should be kept are. */
export function tracesCommand(): Command {
  const program = new Command('traces').description('which traces are kept');
  program
    .command('audit')
    .description('send known traces and check which are kept against the sampling policy')
    .requiredOption('--otlp <url>', 'where traces are sent, OTLP over HTTP: http://127.0.0.1:4318')
    .requiredOption('--kept <file-or-url>', 'what is kept, OTLP as JSON, a request a line')
    .option('--each <number>', 'traces of each kind', '1000')
    .option(
      '--wait <seconds>',
      'how long decisions may take',
      String(samplingPolicy.decisionWaitSeconds + 30),
    )
    .option('--json', 'for programs')
    .action(audit);
  return program;
}
