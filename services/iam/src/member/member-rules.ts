import type { BuiltInRole } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';

const assignableRoles = ['owner', 'operator', 'viewer'] as const satisfies readonly BuiltInRole[];
export type AssignableRole = (typeof assignableRoles)[number];

/** A role people and keys of a tenant may have; `staff` is the platform's own. */
export function requireAssignableRole(role: string): AssignableRole {
  const known = assignableRoles.find((candidate) => candidate === role);
  if (known !== undefined) return known;
  const detail = `role must be one of ${assignableRoles.join(', ')}`;
  throw new AppError('invalid_request', { errors: [{ pointer: 'body/role', detail }] });
}

export function normaliseEmail(email: string): string {
  return email.toLowerCase();
}
