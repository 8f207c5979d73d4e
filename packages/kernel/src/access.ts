import { AppError } from './errors.ts';

/** Every permission there is, `resource:action`. Roles are sets of these; routes name exactly one. */
export const permissions = [
  'client:read',
  'client:write',
  'member:read',
  'member:write',
  'session:read',
  'session:write',
  'api-key:read',
  'api-key:write',
  'connection:read',
  'connection:write',
  'flag:read',
  'flag:write',
  'audit:read',
  'prompt:read',
  'prompt:write',
  'prompt:publish',
  'webhook:read',
  'webhook:replay',
  'flow:read',
  'flow:write',
  'execution:read',
  'execution:write',
  'usage:read',
  'billing:read',
  'billing:write',
  'platform:read',
  'platform:write',
] as const;

export type Permission = (typeof permissions)[number];

const tenantPermissions = permissions.filter((permission) => !permission.startsWith('platform:'));
const readPermissions = tenantPermissions.filter((permission) => permission.endsWith(':read'));

/** The built-in roles. `staff` is the platform's own and exists at platform scope only. */
export const builtInRoles = {
  owner: tenantPermissions,
  operator: tenantPermissions.filter(
    (permission) =>
      !['member:write', 'api-key:write', 'billing:write', 'flag:write'].includes(permission),
  ),
  viewer: readPermissions.filter((permission) => permission !== 'audit:read'),
  staff: ['platform:read', 'platform:write'],
} as const satisfies Record<string, readonly Permission[]>;

export type BuiltInRole = keyof typeof builtInRoles;

export type GrantScope =
  | { readonly kind: 'platform' }
  | { readonly kind: 'tenant' }
  | { readonly kind: 'client'; readonly clientId: string };

export type Grant = { readonly scope: GrantScope; readonly permissions: readonly Permission[] };

/** Who is asking, on whose data, with what rights. Carried, signed, from the gateway to every service. */
export type Identity = {
  readonly actor: { readonly kind: 'user' | 'api-key' | 'service'; readonly id: string };
  /** `null` for platform staff and for a service acting across tenants. */
  readonly tenantId: string | null;
  readonly grants: readonly Grant[];
};

function holds(grant: Grant, permission: Permission): boolean {
  return grant.permissions.includes(permission);
}

/** Whether any grant, at whatever scope, carries the permission. The gateway's route check. */
export function holdsAnywhere(identity: Identity, permission: Permission): boolean {
  return identity.grants.some((grant) => holds(grant, permission));
}

/** Whether the identity may use `permission` on `clientId` (`null` = the tenant itself). */
export function isAllowed(
  identity: Identity,
  permission: Permission,
  clientId: string | null,
): boolean {
  return identity.grants.some((grant) => {
    if (!holds(grant, permission)) return false;
    if (grant.scope.kind === 'client') return grant.scope.clientId === clientId;
    return grant.scope.kind === (permission.startsWith('platform:') ? 'platform' : 'tenant');
  });
}

/**
 * The clients a list may show: `'all'`, or exactly these. An empty list is a valid answer and shows nothing.
 */
export function visibleClients(
  identity: Identity,
  permission: Permission,
): 'all' | readonly string[] {
  if (isAllowed(identity, permission, null)) return 'all';
  return identity.grants.flatMap((grant) =>
    grant.scope.kind === 'client' && holds(grant, permission) ? [grant.scope.clientId] : [],
  );
}

/** Writes outside the caller's rights are `forbidden`; reads look missing, so nothing is disclosed. */
export function requirePermission(
  identity: Identity,
  permission: Permission,
  clientId: string | null,
): void {
  if (isAllowed(identity, permission, clientId)) return;
  throw new AppError(permission.endsWith(':read') ? 'not_found' : 'forbidden');
}

/** The tenant the identity acts in; `forbidden` for an identity without one. */
export function requireTenant(identity: Identity): string {
  if (identity.tenantId === null) throw new AppError('forbidden', { detail: 'no tenant selected' });
  return identity.tenantId;
}

/** The identity a service uses on its own behalf inside one tenant: workers, sweepers, collectors. */
export function serviceIdentity(service: string, tenantId: string | null): Identity {
  return {
    actor: { kind: 'service', id: service },
    tenantId,
    grants: [
      { scope: { kind: tenantId === null ? 'platform' : 'tenant' }, permissions: [...permissions] },
    ],
  };
}
