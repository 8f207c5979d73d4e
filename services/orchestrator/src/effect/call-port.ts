import type { StepAction } from '@maxai/contracts/flows/flow-document';
import type { CallOptions, EffectResult } from '@maxai/integrations/ports';
import type { OpenPort } from '../connection/connection-directory.ts';
import { checkActionInput, type ActionInput } from './action-input.ts';
import type { EffectRow } from './effect-store.ts';
import { runIdOf } from './workflow-run.ts';

/** The port's verb, bound to a checked input. */
export type PortCall = (
  open: OpenPort,
  effect: Pick<EffectRow, 'id' | 'attempted_at' | 'settle_after'>,
  options: CallOptions,
) => Promise<EffectResult<object>>;

type Verbs = { readonly [A in StepAction]: (input: ActionInput<A>) => PortCall };

/** The one place where a step's action becomes a port's verb. */
const verbs: Verbs = {
  'llm.complete': (input) => (open, _effect, options) => open('llm').complete(input, options),
  'crm.upsertContact': (input) => (open, _effect, options) =>
    open('crm').upsertContact(input, options),
  'calendar.book': (input) => (open, effect, options) =>
    open('calendar').book({ effectId: effect.id, ...input }, options),
  'messaging.send': (input) => (open, _effect, options) => open('messaging').send(input, options),
  'workflow.run':
    ({ workflow, input = {} }) =>
    (open, effect, options) =>
      open('workflow').start(
        { runId: runIdOf(effect), workflow, input, deadline: effect.settle_after },
        options,
      ),
};

/** Checks a step's evaluated input; throws `invalid_request` before anything is attempted. */
export function preparePortCall(action: StepAction, input: unknown): PortCall {
  // The input was checked against the schema of the very action that picks the verb.
  const prepare = verbs[action] as (checked: unknown) => PortCall;
  return prepare(checkActionInput(action, input));
}
