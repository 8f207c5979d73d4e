// Generated from db/schema.prisma; do not edit.
import type { ColumnType, Generated } from 'kysely';

/** Read as a Date, written as a Date or in ISO 8601. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** Given by the database when left out. */
export type Defaulted<T> = Generated<T>;

export type Prompt = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  name: string;
  production_version: number | null;
  created_at: Timestamp;
};

export type PromptVersion = {
  id: string;
  tenant_id: string;
  prompt_id: string;
  number: number;
  template: string;
  variables_schema: unknown;
  created_at: Timestamp;
};

export type Publication = {
  id: string;
  tenant_id: string;
  prompt_id: string;
  version: number;
  target: string;
  external_id: string;
  content_hash: string;
  published_at: Timestamp;
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
  prompt: Prompt;
  prompt_version: PromptVersion;
  publication: Publication;
  audit_event: AuditEvent;
};
