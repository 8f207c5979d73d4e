import { describeError } from '../../supervisor/command-error.ts';
import { topologyProgram } from './topology-program.ts';

try {
  await topologyProgram((code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  console.error(`\n${describeError(error)}`);
  process.exitCode = 1;
}
