// Generated from db/schema.prisma; do not edit.
import type { ColumnType, Generated } from 'kysely';

/** Read as a Date, written as a Date or in ISO 8601. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** Given by the database when left out. */
export type Defaulted<T> = Generated<T>;

export type Flow = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  name: string;
  status: string;
  version: number;
  created_at: Timestamp;
};

export type FlowVersion = {
  id: string;
  tenant_id: string;
  flow_id: string;
  version: number;
  trigger_event: string;
  document: unknown;
  created_at: Timestamp;
};

export type Event = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  type: string;
  provider: string;
  connection_id: string;
  webhook_event_id: string;
  external_id: string;
  occurred_at: Timestamp;
  correlation_id: string;
  subject: unknown;
  data: unknown;
  created_at: Timestamp;
};

export type Execution = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  flow_id: string;
  flow_version_id: string;
  event_id: string;
  status: string;
  correlation_id: string;
  traceparent: string;
  created_at: Timestamp;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
  failure: unknown;
  cancel_requested: Defaulted<boolean>;
  run: Defaulted<number>;
  lost_runs: Defaulted<number>;
  lease_owner: string | null;
  lease_until: Timestamp | null;
  resume_at: Timestamp;
  enqueued_at: Timestamp;
};

export type StepRun = {
  id: string;
  tenant_id: string;
  execution_id: string;
  key: string;
  action: string;
  status: string;
  attempts: number;
  input: unknown;
  output: unknown;
  error: string | null;
  started_at: Timestamp;
  finished_at: Timestamp | null;
};

export type Effect = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  execution_id: string;
  step_key: string;
  action: string;
  provider: string;
  connection_id: string;
  status: string;
  external_id: string | null;
  cost_currency: string | null;
  cost_nanos: bigint | null;
  fingerprint: string;
  request: unknown;
  response: unknown;
  attempted_at: Timestamp;
  settle_after: Timestamp;
  created_at: Timestamp;
};

export type Outbox = {
  id: string;
  tenant_id: string;
  queue: string;
  payload: unknown;
  created_at: Timestamp;
};

export type DeadLetter = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  kind: string;
  subject_id: string;
  reason: string;
  attempts: number;
  correlation_id: string;
  created_at: Timestamp;
  replayed_at: Timestamp | null;
};

export type AuditEvent = {
  id: string;
  tenant_id: string;
  sequence: bigint;
  action: string;
  actor_kind: string;
  actor_id: string;
  resource: string;
  client_id: string | null;
  correlation_id: string;
  occurred_at: Timestamp;
  detail: unknown;
  previous_hash: string;
  hash: string;
};

export type DB = {
  flow: Flow;
  flow_version: FlowVersion;
  event: Event;
  execution: Execution;
  step_run: StepRun;
  effect: Effect;
  outbox: Outbox;
  dead_letter: DeadLetter;
  audit_event: AuditEvent;
};
