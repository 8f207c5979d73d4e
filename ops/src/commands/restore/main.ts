import { runCommand } from '../../platform/run-command.ts';
import { abandonRestore, restoreCommand } from './command.ts';

const interrupted = 130;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.error('Interrupted: the data stays as it was');
    void abandonRestore().finally(() => process.exit(interrupted));
  });
}
await runCommand(restoreCommand());
