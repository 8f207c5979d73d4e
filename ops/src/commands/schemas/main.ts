import { runCommand } from '../../platform/run-command.ts';
import { schemasCommand } from './command.ts';

await runCommand(schemasCommand());
