import { runCommand } from '../../platform/run-command.ts';
import { pipelineCommand } from './command.ts';

await runCommand(pipelineCommand());
