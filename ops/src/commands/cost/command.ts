import { Command } from 'commander';
import { adviseSizes } from './advise.ts';
import { reportCost } from './report.ts';
import { reportSimulation } from './simulate.ts';

/** `maxai cost`: what the platform costs, what traffic makes of it, and which sizes to change. */
export function costCommand(): Command {
  const program = new Command('cost').description('what the platform costs, and why');
  program
    .command('report')
    .description('a month of each environment, by item, service and cost centre')
    .option('--environment <name>', 'production or staging')
    .option('--cloud <name>', 'gke or eks')
    .option('--json', 'for programs')
    .action(reportCost);
  program
    .command('simulate')
    .description('a trace of requests through autoscaling, nodes and prices')
    .requiredOption('--trace <file>', 'lines of minute,service,requests_per_second')
    .option('--environment <name>', 'production or staging')
    .option('--cloud <name>', 'gke or eks')
    .option('--json', 'for programs')
    .action(reportSimulation);
  program
    .command('advise')
    .description('which sizes to change, by what Prometheus has seen')
    .requiredOption('--prometheus <url>', 'where it answers')
    .option('--days <number>', 'how far to look back', '7')
    .option('--json', 'for programs')
    .action(adviseSizes);
  return program;
}
