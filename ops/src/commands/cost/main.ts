import { runCommand } from '../../platform/run-command.ts';
import { costCommand } from './command.ts';

await runCommand(costCommand());
