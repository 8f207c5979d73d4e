import { claimFile } from './claim-file.ts';
import { CommandError } from './command-error.ts';
import type { StateFolder } from './state-folder.ts';

/** One supervisor a state folder. Returns how to let go. */
export function claimState(state: StateFolder): () => void {
  const claim = claimFile(state.file('supervisor.claim'));
  if ('release' in claim) return claim.release;
  throw new CommandError(
    `Another maxai (pid ${claim.holder.pid}) is starting or stopping from ${state.path}.`,
    'wait for it, or choose another folder with MAXAI_STATE',
  );
}
