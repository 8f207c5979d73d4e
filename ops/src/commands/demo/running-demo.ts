import { createApiClient } from '@maxai/api-client';
import { CommandError } from '../../supervisor/command-error.ts';
import { runningSupervisor } from '../../supervisor/leftovers.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';
import { requireDemoState } from './demo-state.ts';
import type { StoryContext } from './follow-story.ts';

/** The demo agency of the platform that runs from this state folder. */
export function runningDemo(
  state: StateFolder,
): Pick<StoryContext, 'api' | 'demo' | 'url' | 'sandboxUrl'> {
  const record = runningSupervisor(state);
  if (record?.state !== 'ready') {
    throw new CommandError(
      `MaxAI is not running from ${state.path}.`,
      'npm start in another terminal, or npx maxai up --detach, with the same MAXAI_STATE',
    );
  }
  const demo = requireDemoState(state);
  const { url } = record;
  const sandbox = record.children.find(({ name }) => name === 'sandbox');
  return {
    url,
    demo,
    sandboxUrl: `http://127.0.0.1:${sandbox?.port}`,
    api: createApiClient({
      baseUrl: url,
      headers: { authorization: `Bearer ${demo.apiKey}` },
    }),
  };
}
