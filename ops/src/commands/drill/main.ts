import { runCommand } from '../../platform/run-command.ts';
import { drillCommand } from './command.ts';

await runCommand(drillCommand());
