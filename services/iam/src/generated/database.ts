// Generated from db/schema.prisma; do not edit.
import type { ColumnType, Generated } from 'kysely';

/** Read as a Date, written as a Date or in ISO 8601. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** Given by the database when left out. */
export type Defaulted<T> = Generated<T>;

export type Tenant = {
  tenant_id: string;
  name: string;
  created_at: Timestamp;
};

export type Client = {
  id: string;
  tenant_id: string;
  name: string;
  time_zone: string;
  created_at: Timestamp;
};

export type Agent = {
  id: string;
  tenant_id: string;
  client_id: string;
  name: string;
  channel: string;
  external_id: string | null;
  created_at: Timestamp;
};

export type AppUser = {
  id: string;
  tenant_id: string;
  email: string;
  name: string;
  issuer: string | null;
  subject: string | null;
  created_at: Timestamp;
};

export type Member = {
  id: string;
  tenant_id: string;
  user_id: string;
  client_id: string | null;
  role: string;
  created_at: Timestamp;
};

export type Session = {
  id: string;
  tenant_id: string;
  user_id: string;
  token_hash: string;
  user_agent: string;
  created_at: Timestamp;
  expires_at: Timestamp;
  revoked_at: Timestamp | null;
};

export type ApiKey = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  name: string;
  role: string;
  secret_hash: string;
  hint: string;
  created_at: Timestamp;
  expires_at: Timestamp | null;
  revoked_at: Timestamp | null;
};

export type Connection = {
  id: string;
  tenant_id: string;
  client_id: string | null;
  provider: string;
  name: string;
  account: unknown;
  key_id: string;
  wrapped_key: Buffer;
  secrets: Buffer;
  created_at: Timestamp;
  disabled_at: Timestamp | null;
};

export type Flag = {
  id: string;
  tenant_id: string;
  key: string;
  enabled: boolean;
  updated_at: Timestamp;
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
  tenant: Tenant;
  client: Client;
  agent: Agent;
  app_user: AppUser;
  member: Member;
  session: Session;
  api_key: ApiKey;
  connection: Connection;
  flag: Flag;
  audit_event: AuditEvent;
};
