export { brokenAuditEvent, writeAudit, type AuditEntry } from './audit.ts';
export { equals, given, isOlder, isVisible } from './conditions.ts';
export { isUniqueViolation } from './database-errors.ts';
export { createDatabase, type Database, type DatabaseOptions } from './database.ts';
export {
  insertDeadLetter,
  replayDeadLetter,
  selectDeadLetters,
  type DeadLetter,
} from './dead-letters.ts';
export {
  applyMigrations,
  MigrationError,
  pendingMigrations,
  type MigrationTarget,
} from './migrations.ts';
export { inScope, listScope, pageOf, pageRows, type ListScope, type Paging } from './paging.ts';
export {
  appRoleSettingsSql,
  provisionDatabase,
  type OwnedDatabase,
  type SchemaRoles,
} from './provision-database.ts';
export { tablesWithoutRowSecurity } from './row-security.ts';
export { schemaDrift } from './schema-engine.ts';
