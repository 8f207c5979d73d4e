import { runCommand } from '../../platform/run-command.ts';
import { dbCommand } from './command.ts';

await runCommand(dbCommand());
