// Generated from db/schema.prisma; do not edit.
import type { ColumnType, Generated } from 'kysely';

/** Read as a Date, written as a Date or in ISO 8601. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** Given by the database when left out. */
export type Defaulted<T> = Generated<T>;

export type UsageEvent = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  agent_external_id: string | null;
  idempotency_key: string;
  meter: string;
  quantity: bigint;
  currency: string;
  cost_nanos: bigint;
  provider: string;
  external_id: string;
  event_id: string | null;
  execution_id: string | null;
  effect_id: string | null;
  occurred_at: Timestamp;
  recorded_at: Timestamp;
};

export type UsageDaily = {
  tenant_id: string;
  client_id: string;
  meter: string;
  day: string;
  currency: string;
  quantity: bigint;
  cost_nanos: bigint;
};

export type DeadLetter = {
  id: string;
  tenant_id: string;
  job: unknown;
  reason: string;
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
  usage_event: UsageEvent;
  usage_daily: UsageDaily;
  dead_letter: DeadLetter;
  audit_event: AuditEvent;
};
