import {
  operationsOf,
  resolveIn,
  schemaOf,
  type DocumentedOperation,
  type Documents,
  type OpenApi,
  type Parameter,
  type PlacedOperation,
} from './openapi.ts';
import { misfits, type Schema } from './schema-compatibility.ts';

/** What callers of the released version would notice. */
export type BreakingChange = {
  readonly service: string;
  readonly operation: string;
  /** In the request or the answer: `GET /api/flows answer .items[].name`. */
  readonly path: string;
  readonly reason: string;
  readonly fix: string;
};

type Change = Omit<BreakingChange, 'service' | 'operation'>;
type Pair = { readonly released: OpenApi; readonly now: OpenApi };

const requestFix =
  'accept both: a new field is optional, a limit only widens, until a new operation replaces this one';
const answerFix =
  'keep what was answered and add beside it, until a new operation replaces this one';

function requestChanges(pair: Pair, was: Schema, is: Schema, place: string): Change[] {
  const resolve = (side: 'sent' | 'expected', reference: string) =>
    resolveIn(side === 'sent' ? pair.released : pair.now, reference);
  return misfits({ sent: was, expected: is, fieldsMustStay: false, resolve }).map(
    ({ path, reason }) => ({
      path: `${place} ${path}`.trimEnd(),
      reason: `An old caller's request does not fit: ${reason}`,
      fix: requestFix,
    }),
  );
}

function answerChanges(pair: Pair, was: Schema, is: Schema, place: string): Change[] {
  const resolve = (side: 'sent' | 'expected', reference: string) =>
    resolveIn(side === 'sent' ? pair.now : pair.released, reference);
  return misfits({ sent: is, expected: was, fieldsMustStay: true, resolve }).map(
    ({ path, reason }) => ({
      path: `${place} answer ${path}`.trimEnd(),
      reason: `An old caller does not get what it expects: ${reason}`,
      fix: answerFix,
    }),
  );
}

const keyOf = (parameter: Parameter) => `${parameter.in} ${parameter.name}`;

function parameterChanges(pair: Pair, was: DocumentedOperation, is: PlacedOperation): Change[] {
  const before = new Map(was.parameters.map((entry) => [keyOf(entry), entry]));
  const after = new Map(is.parameters.map((entry) => [keyOf(entry), entry]));
  const gone = [...before.keys()]
    .filter((key) => !after.has(key))
    .map((key) => ({
      path: `${is.place} ${key}`,
      reason: 'An old caller sends it and it is refused or without effect',
      fix: requestFix,
    }));
  const changed = [...after].flatMap(([key, parameter]) => {
    const old = before.get(key);
    const required = parameter.required === true && old?.required !== true;
    const isNewlyRequired: Change[] = required
      ? [{ path: `${is.place} ${key}`, reason: 'An old caller does not send it', fix: requestFix }]
      : [];
    if (old === undefined) return isNewlyRequired;
    const narrowed = requestChanges(pair, old.schema, parameter.schema, `${is.place} ${key}`);
    return [...isNewlyRequired, ...narrowed];
  });
  return [...gone, ...changed];
}

function bodyChanges(pair: Pair, was: DocumentedOperation, is: PlacedOperation): Change[] {
  const [before, after] = [schemaOf(was.requestBody), schemaOf(is.requestBody)];
  if (after === null) {
    if (before === null) return [];
    return [{ path: `${is.place} body`, reason: 'An old caller sends a body', fix: requestFix }];
  }
  if (before !== null) return requestChanges(pair, before, after, `${is.place} body`);
  return [{ path: `${is.place} body`, reason: 'An old caller sends no body', fix: requestFix }];
}

function responseChanges(pair: Pair, was: DocumentedOperation, is: PlacedOperation): Change[] {
  return Object.entries(was.responses).flatMap(([status, response]) => {
    const now = is.responses[status];
    if (now === undefined) {
      return [
        {
          path: `${is.place} ${status}`,
          reason: `It answered ${status} and now answers ${Object.keys(is.responses).join(', ')}`,
          fix: 'keep the status code',
        },
      ];
    }
    const [before, after] = [schemaOf(response), schemaOf(now)];
    return before === null ? [] : answerChanges(pair, before, after ?? {}, `${is.place} ${status}`);
  });
}

/** Everyone who was let in still is. */
function isWider(before: string | undefined, after: string | undefined): boolean {
  return (
    before === after ||
    after === 'anyone' ||
    (after === 'authenticated' && before !== 'anyone' && before !== 'service')
  );
}

function accessChanges(was: DocumentedOperation, is: PlacedOperation): Change[] {
  const [before, after] = [was['x-audience'], is['x-audience']];
  const schemes = (operation: DocumentedOperation) =>
    operation.security.flatMap((entry) => Object.keys(entry));
  const dropped = schemes(was).filter((name) => !schemes(is).includes(name));
  const audience = isWider(before, after)
    ? []
    : [
        {
          path: `${is.place} access`,
          reason: `It was for ${before} and is for ${after}: callers are refused`,
          fix: 'keep the audience, or add an operation with the new one',
        },
      ];
  const scheme = dropped
    .filter(() => after !== 'anyone')
    .map((name) => ({
      path: `${is.place} access`,
      reason: `Callers that prove themselves by ${name} are refused`,
      fix: `accept ${name} beside the new scheme until nobody uses it`,
    }));
  return [...audience, ...scheme];
}

function operationChanges(pair: Pair, was: PlacedOperation, is: PlacedOperation | undefined) {
  if (is === undefined) {
    if (was.deprecated === true) return [];
    return [
      {
        path: was.place,
        reason: 'The operation is gone or has another method or path',
        fix: 'bring it back with deprecated: true; the release after that may drop it',
      },
    ];
  }
  const renamed =
    was.operationId === is.operationId
      ? []
      : [
          {
            path: is.place,
            reason: `Clients call it ${was.operationId}, and it is called ${is.operationId}`,
            fix: 'keep the id',
          },
        ];
  return [
    ...renamed,
    ...accessChanges(was, is),
    ...parameterChanges(pair, was, is),
    ...bodyChanges(pair, was, is),
    ...responseChanges(pair, was, is),
  ];
}

/** What breaks callers of one released document. */
export function compareDocuments(service: string, pair: Pair): BreakingChange[] {
  const now = new Map(operationsOf(pair.now).map((operation) => [operation.place, operation]));
  return operationsOf(pair.released).flatMap((was) =>
    operationChanges(pair, was, now.get(was.place)).map((change) => ({
      service,
      operation: was.operationId,
      ...change,
    })),
  );
}

/** What breaks callers of a release, service by service; a service that is gone breaks all of them. */
export function compareReleases(released: Documents, now: Documents): BreakingChange[] {
  return Object.entries(released).flatMap(([service, document]) =>
    compareDocuments(service, { released: document, now: now[service] ?? { paths: {} } }),
  );
}
