import { Type, type Static } from 'typebox';
import { EventType } from '../events/canonical-event.ts';
import { openEnded, Text } from '../schemas.ts';

/** A port’s verb a step may call; the adapter is chosen by the client’s connection. */
export const StepAction = Type.Union(
  [
    Type.Literal('llm.complete'),
    Type.Literal('crm.upsertContact'),
    Type.Literal('calendar.book'),
    Type.Literal('messaging.send'),
    Type.Literal('workflow.run'),
  ],
  // Readers of flows show its name, whichever it is.
  openEnded,
);
export type StepAction = Static<typeof StepAction>;

/**
 * JSONata. A string in `input` that starts with `=` is an expression over
 * `{ event, steps: { <key>: { output } } }`; any other value is a literal.
 */
export const Expression = Type.String({ minLength: 1, maxLength: 2000 });

export const FlowStep = Type.Object(
  {
    /** Unique in the flow; names the step in expressions and, with the execution, the effect. */
    key: Type.String({ pattern: '^[a-z][a-zA-Z0-9]{0,39}$' }),
    action: StepAction,
    input: Type.Record(Type.String(), Type.Unknown()),
    /** Runs only when true; a skipped step has no output. */
    when: Type.Optional(Expression),
    retry: Type.Optional(
      Type.Object({
        attemptsMax: Type.Integer({ minimum: 1, maximum: 10 }),
        backoffMs: Type.Integer({ minimum: 100, maximum: 600_000 }),
      }),
    ),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 120_000 })),
    onError: Type.Optional(Type.Union([Type.Literal('fail'), Type.Literal('continue')])),
  },
  { additionalProperties: false },
);
export type FlowStep = Static<typeof FlowStep>;

/** Format version 1 of the flow language. */
export const FlowDocument = Type.Object(
  {
    version: Type.Literal(1),
    trigger: Type.Object(
      { event: EventType, filter: Type.Optional(Expression) },
      { additionalProperties: false },
    ),
    steps: Type.Array(FlowStep, { minItems: 1, maxItems: 50 }),
    description: Type.Optional(Text(1000)),
  },
  { additionalProperties: false, $id: 'https://maxai.io/schemas/flow-v1.json' },
);
export type FlowDocument = Static<typeof FlowDocument>;
