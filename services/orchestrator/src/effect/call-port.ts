import type { FlowStep } from '@maxai/contracts/flows/flow-document';
import type { CallOptions, EffectResult } from '@maxai/integrations/ports';
import type { OpenPort } from '../connection/connection-directory.ts';
import { checkActionInput } from './action-input.ts';

/** The one place where a step's action becomes a port's verb. */
export type PortCall = (
  open: OpenPort,
  effectId: string,
  options: CallOptions,
) => Promise<EffectResult<object>>;

/** Checks a step's evaluated input; throws `invalid_request` before anything is attempted. */
export function preparePortCall(step: Pick<FlowStep, 'action'>, input: unknown): PortCall {
  switch (step.action) {
    case 'llm.complete': {
      const checked = checkActionInput(step.action, input);
      return (open, _effectId, options) => open('llm').complete(checked, options);
    }
    case 'crm.upsertContact': {
      const checked = checkActionInput(step.action, input);
      return (open, _effectId, options) => open('crm').upsertContact(checked, options);
    }
    case 'calendar.book': {
      const checked = checkActionInput(step.action, input);
      return (open, effectId, options) => open('calendar').book({ effectId, ...checked }, options);
    }
    case 'messaging.send': {
      const checked = checkActionInput(step.action, input);
      return (open, _effectId, options) => open('messaging').send(checked, options);
    }
  }
}
