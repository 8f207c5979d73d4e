import type { StepAction } from '@maxai/contracts/flows/flow-document';
import { AppError } from '@maxai/kernel/errors';
import { Type, type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

const strict = { additionalProperties: false } as const;
const Words = Type.String({ minLength: 1 });

/** What each action takes, after its expressions were evaluated. */
export const actionInputs = {
  'llm.complete': Type.Object(
    {
      model: Words,
      system: Type.Optional(Type.String()),
      prompt: Words,
      maxTokens: Type.Optional(Type.Integer({ minimum: 1 })),
      temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
    },
    strict,
  ),
  'crm.upsertContact': Type.Object(
    {
      phone: Type.Optional(Words),
      email: Type.Optional(Words),
      name: Type.Optional(Words),
      source: Type.Optional(Words),
      tags: Type.Optional(Type.Array(Words)),
    },
    { ...strict, minProperties: 1 },
  ),
  'calendar.book': Type.Object(
    {
      start: Words,
      end: Words,
      timeZone: Type.Optional(Words),
      title: Words,
      description: Type.Optional(Type.String()),
      attendeeEmails: Type.Optional(Type.Array(Words)),
    },
    strict,
  ),
  'messaging.send': Type.Object(
    {
      to: Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$' }),
      body: Type.String({ minLength: 1, maxLength: 1600 }),
    },
    strict,
  ),
  'workflow.run': Type.Object(
    {
      /** The path of its production webhook. */
      workflow: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,79}$' }),
      input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      /** From the start of the run to its result; `timeoutMs` is for starting it. */
      deadlineMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 86_400_000 })),
    },
    strict,
  ),
} as const satisfies Record<StepAction, TSchema>;

export type ActionInput<A extends StepAction> = Static<(typeof actionInputs)[A]>;

const compiled = {
  'llm.complete': Compile(actionInputs['llm.complete']),
  'crm.upsertContact': Compile(actionInputs['crm.upsertContact']),
  'calendar.book': Compile(actionInputs['calendar.book']),
  'messaging.send': Compile(actionInputs['messaging.send']),
  'workflow.run': Compile(actionInputs['workflow.run']),
};

/** Throws `invalid_request` naming every field of the step's input that does not fit its action. */
export function checkActionInput<A extends StepAction>(action: A, input: unknown): ActionInput<A> {
  const schema = compiled[action];
  // The schema of `action` has just accepted it.
  if (schema.Check(input)) return input as ActionInput<A>;
  const problems = schema
    .Errors(input)
    .map((error) => `input${error.instancePath} ${error.message}`);
  throw new AppError('invalid_request', { detail: problems.join('; ') });
}
