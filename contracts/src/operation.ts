import type { Permission } from '@maxai/kernel/access';
import { Type, type Static, type TSchema } from 'typebox';

/** The deployables that answer HTTP operations. */
export type ServiceName =
  | 'api-gateway'
  | 'iam'
  | 'prompt-svc'
  | 'webhook-ingress'
  | 'orchestrator'
  | 'billing-usage'
  | 'payments';

/**
 * Who may call an operation. `anyone` needs no identity, `authenticated` any, a permission exactly that
 * one. `service` is for calls between services; the gateway never routes it.
 */
export type Audience = 'anyone' | 'authenticated' | 'service' | Permission;

export type Operation<
  Params extends TSchema = TSchema,
  Query extends TSchema = TSchema,
  Body extends TSchema = TSchema,
  Result extends TSchema = TSchema,
> = {
  readonly id: string;
  readonly service: ServiceName;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** OpenAPI form: `/api/clients/{clientId}`. */
  readonly path: string;
  readonly audience: Audience;
  readonly summary: string;
  readonly tag: string;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly status: 200 | 201 | 202 | 204 | 302;
  readonly result: Result;
  /** The result holds a secret that is shown this once: nobody on the way may keep the answer. */
  readonly secretResult?: true;
  /** Still served; nobody may begin to use it, and the release after this one may drop it. */
  readonly deprecated?: true;
};

export type ParamsOf<O extends Operation> = Static<O['params']>;
export type QueryOf<O extends Operation> = Static<O['query']>;
export type BodyOf<O extends Operation> = Static<O['body']>;
export type ResultOf<O extends Operation> = Static<O['result']>;

const empty = Type.Object({}, { additionalProperties: false });
type Empty = typeof empty;

type Declaration<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema> = Pick<
  Operation,
  | 'id'
  | 'service'
  | 'method'
  | 'path'
  | 'audience'
  | 'summary'
  | 'tag'
  | 'status'
  | 'secretResult'
  | 'deprecated'
> & { params?: P; query?: Q; body?: B; result?: R };

/** Declares one HTTP operation; the service, the gateway, OpenAPI and the client all read this object. */
export function operation<
  P extends TSchema = Empty,
  Q extends TSchema = Empty,
  B extends TSchema = Empty,
  R extends TSchema = Empty,
>(declaration: Declaration<P, Q, B, R>): Operation<P, Q, B, R> {
  return {
    params: empty as TSchema as P,
    query: empty as TSchema as Q,
    body: empty as TSchema as B,
    result: empty as TSchema as R,
    ...declaration,
  };
}
