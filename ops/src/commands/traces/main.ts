import { runCommand } from '../../platform/run-command.ts';
import { tracesCommand } from './command.ts';

await runCommand(tracesCommand());
