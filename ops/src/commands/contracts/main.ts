import { runCommand } from '../../platform/run-command.ts';
import { contractsCommand } from './command.ts';

await runCommand(contractsCommand());
