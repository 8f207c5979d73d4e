import { CommandError } from '../supervisor/command-error.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import type { Environment } from './environment.ts';

type Prepare = (env: Environment, state: StateFolder) => Promise<void>;

/** What `up --with` adds to the platform of a state folder, for this start and the later ones. */
const parts: Readonly<Record<string, Prepare>> = {
  backups: async (env, state) => {
    const { enableBackups } = await import('../recovery/enable-backups.ts');
    const { localPlatformOf } = await import('./local-platform.ts');
    enableBackups(state, {
      port: localPlatformOf(env, state).plan.postgres.port,
      separateStorage: env['MAXAI_SEPARATE_STORAGE'],
    });
  },
  n8n: async (_env, state) => {
    const { enableN8n } = await import('../n8n/local-n8n.ts');
    enableN8n(state, (line) => console.log(line));
  },
  observability: async (_env, state) => {
    const { enableObservability } = await import('../observability/local-observability.ts');
    enableObservability(state);
  },
};

/** Prepares each part named. Throws a {@link CommandError} for a name that is none. */
export async function prepareParts(
  names: readonly string[],
  env: Environment,
  state: StateFolder,
): Promise<void> {
  for (const name of names) {
    const prepare = parts[name];
    if (prepare === undefined) {
      throw new CommandError(
        `There is nothing called ${name} to start with.`,
        `choose among ${Object.keys(parts).join(', ')}`,
      );
    }
    await prepare(env, state);
  }
}
