import type { StepAction } from '@maxai/contracts/flows/flow-document';
import type { CallOptions, EffectResult } from '@maxai/integrations/ports';
import type { OpenPort } from '../connection/connection-directory.ts';
import { checkActionInput, type ActionInput } from './action-input.ts';

/** The port's verb, bound to a checked input. */
export type PortCall = (
  open: OpenPort,
  effectId: string,
  options: CallOptions,
) => Promise<EffectResult<object>>;

type Verbs = { readonly [A in StepAction]: (input: ActionInput<A>) => PortCall };

/** The one place where a step's action becomes a port's verb. */
const verbs: Verbs = {
  'llm.complete': (input) => (open, _effectId, options) => open('llm').complete(input, options),
  'crm.upsertContact': (input) => (open, _effectId, options) =>
    open('crm').upsertContact(input, options),
  'calendar.book': (input) => (open, effectId, options) =>
    open('calendar').book({ effectId, ...input }, options),
  'messaging.send': (input) => (open, _effectId, options) => open('messaging').send(input, options),
};

/** Checks a step's evaluated input; throws `invalid_request` before anything is attempted. */
export function preparePortCall(action: StepAction, input: unknown): PortCall {
  // The input was checked against the schema of the very action that picks the verb.
  const prepare = verbs[action] as (checked: unknown) => PortCall;
  return prepare(checkActionInput(action, input));
}
