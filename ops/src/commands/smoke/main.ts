import { runCommand } from '../../platform/run-command.ts';
import { smokeCommand } from './command.ts';

await runCommand(smokeCommand());
