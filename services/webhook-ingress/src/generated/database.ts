// Generated from db/schema.prisma; do not edit.
import type { ColumnType, Generated } from 'kysely';

/** Read as a Date, written as a Date or in ISO 8601. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** Given by the database when left out. */
export type Defaulted<T> = Generated<T>;

export type Delivery = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  connection_id: string;
  provider: string;
  type: string;
  dedupe_key: string;
  signature_hash: string;
  payload: unknown;
  correlation_id: string;
  traceparent: string;
  received_at: Timestamp;
  queued_at: Timestamp | null;
  settled_at: Timestamp | null;
  deliveries: Defaulted<number>;
};

export type DeliveryProgress = {
  id: string;
  tenant_id: string;
  received_at: Timestamp;
  queued_at: Timestamp | null;
  settled_at: Timestamp | null;
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
  delivery: Delivery;
  delivery_progress: DeliveryProgress;
  audit_event: AuditEvent;
};
