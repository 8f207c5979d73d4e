import { runCommand } from '../../platform/run-command.ts';
import { releaseCommand } from './command.ts';

await runCommand(releaseCommand());
