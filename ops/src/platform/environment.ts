import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStateFolder, type StateFolder } from '../supervisor/state-folder.ts';

/** The checkout this command belongs to. */
export const repositoryRoot: string = fileURLToPath(new URL('../../..', import.meta.url));

export type Environment = Readonly<Record<string, string | undefined>>;

/** The state folder `MAXAI_STATE` names, relative to the checkout; `.maxai` when it names none. */
export function stateFolderOf(env: Environment): StateFolder {
  return openStateFolder(resolve(repositoryRoot, env['MAXAI_STATE'] ?? '.maxai'));
}
