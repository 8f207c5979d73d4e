// Generated from db/schema.prisma; do not edit.
import type { ColumnType, Generated } from 'kysely';

/** Read as a Date, written as a Date or in ISO 8601. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** Given by the database when left out. */
export type Defaulted<T> = Generated<T>;

export type Plan = {
  id: string;
  tenant_id: string;
  name: string;
  currency: string;
  base_nanos: bigint;
  meters: unknown;
  created_at: Timestamp;
};

export type Subscription = {
  id: string;
  tenant_id: string;
  client_id: string;
  plan_id: string;
  external_customer_id: string | null;
  started_at: Timestamp;
  ended_at: Timestamp | null;
};

export type LedgerEntry = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  description: string;
  reference: string;
  occurred_at: Timestamp;
};

export type LedgerPosting = {
  entry_id: string;
  tenant_id: string;
  account: string;
  currency: string;
  nanos: bigint;
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
  plan: Plan;
  subscription: Subscription;
  ledger_entry: LedgerEntry;
  ledger_posting: LedgerPosting;
  dead_letter: DeadLetter;
  audit_event: AuditEvent;
};
