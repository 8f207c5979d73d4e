import { idPattern, type IdKind } from '@maxai/kernel/ids';
import { Type, type Static, type TSchema } from 'typebox';

export const Id = (kind: IdKind) =>
  Type.String({ pattern: idPattern(kind), description: `Id of a ${kind}` });
export const NullableId = (kind: IdKind) => Type.Union([Id(kind), Type.Null()]);
export const Timestamp = Type.String({ format: 'date-time' });
export const NullableTimestamp = Type.Union([Timestamp, Type.Null()]);
export const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
export const Nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
/** Marks an enumeration that may grow in answers: its readers bear a value they do not know. */
export const openEnded = { 'x-extensible-enum': true } as const;
export const JsonObject = Type.Record(Type.String(), Type.Unknown());

/** Exact decimal in the currency's unit, never a float: `{"currency":"USD","amount":"0.000012"}`. */
export const MoneyWire = Type.Object({
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  amount: Type.String({ pattern: '^-?[0-9]+\\.[0-9]{2,9}$' }),
});
export type MoneyWire = Static<typeof MoneyWire>;

export const PageQuery = {
  cursor: Type.Optional(
    Type.String({ maxLength: 200, description: '`nextCursor` of the page before' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
};

/** A page of a list, newest first. `nextCursor` is null on the last one. */
export const Page = <S extends TSchema>(item: S) =>
  Type.Object({ items: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()]) });

export const Provider = Type.Union([
  Type.Literal('retell'),
  Type.Literal('twilio'),
  Type.Literal('highlevel'),
  Type.Literal('stripe'),
  Type.Literal('google'),
  Type.Literal('openrouter'),
  Type.Literal('n8n'),
]);
export type Provider = Static<typeof Provider>;

/** RFC 9457, with the platform's closed code and the correlation id to quote to support. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String()),
  correlation_id: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
});
export type Problem = Static<typeof Problem>;
