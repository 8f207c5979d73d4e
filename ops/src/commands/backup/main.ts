import { runCommand } from '../../platform/run-command.ts';
import { backupCommand } from './command.ts';

await runCommand(backupCommand());
