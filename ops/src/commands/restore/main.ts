import { runCommand } from '../../platform/run-command.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import { restoreCommand } from './command.ts';

const interrupted = 130;
const interruption = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort(
      new CommandError('Interrupted: the data stays as it was.', 'npx maxai restore begins anew'),
    );
  });
}
await runCommand(restoreCommand(process.env, interruption.signal));
if (interruption.signal.aborted && process.exitCode === 1) process.exitCode = interrupted;
