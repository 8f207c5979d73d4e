import { describe, expect, it } from 'vitest';
import {
  builtInRoles,
  holdsAnywhere,
  isAllowed,
  requirePermission,
  requireTenant,
  serviceIdentity,
  visibleClients,
  type Grant,
  type Identity,
} from './access.ts';

function someone(...grants: Grant[]): Identity {
  return { actor: { kind: 'user', id: 'usr_1' }, tenantId: 'ten_1', grants };
}
const onTenant: Grant = { scope: { kind: 'tenant' }, permissions: builtInRoles.operator };
const onClient: Grant = {
  scope: { kind: 'client', clientId: 'cli_1' },
  permissions: ['flow:read'],
};
const onPlatform: Grant = { scope: { kind: 'platform' }, permissions: builtInRoles.staff };

describe('access', () => {
  it('lets a tenant grant reach every client', () => {
    expect(isAllowed(someone(onTenant), 'flow:read', 'cli_9')).toBe(true);
    expect(visibleClients(someone(onTenant), 'flow:read')).toBe('all');
  });

  it('keeps a client grant on its client', () => {
    const person = someone(onClient);
    expect(isAllowed(person, 'flow:read', 'cli_1')).toBe(true);
    expect(isAllowed(person, 'flow:read', 'cli_2')).toBe(false);
    expect(isAllowed(person, 'flow:read', null)).toBe(false);
    expect(visibleClients(person, 'flow:read')).toEqual(['cli_1']);
    expect(visibleClients(person, 'flow:write')).toEqual([]);
  });

  it('denies by default', () => {
    expect(holdsAnywhere(someone(), 'client:read')).toBe(false);
    expect(isAllowed(someone(onTenant), 'billing:write', null)).toBe(false);
  });

  it('grants the platform’s own permissions at platform scope only', () => {
    expect(isAllowed(someone(onPlatform), 'platform:read', null)).toBe(true);
    const pretender: Grant = { scope: { kind: 'tenant' }, permissions: ['platform:read'] };
    expect(isAllowed(someone(pretender), 'platform:read', null)).toBe(false);
  });

  it('makes a forbidden read look missing and a forbidden write forbidden', () => {
    expect(() => requirePermission(someone(), 'flow:read', null)).toThrow(
      'There is no such resource',
    );
    expect(() => requirePermission(someone(), 'flow:write', null)).toThrow('may not do this');
    expect(() => requirePermission(someone(onTenant), 'flow:write', 'cli_1')).not.toThrow();
  });

  it('gives a service its tenant, or the platform', () => {
    expect(requireTenant(serviceIdentity('payments', 'ten_1'))).toBe('ten_1');
    expect(isAllowed(serviceIdentity('payments', 'ten_1'), 'usage:read', 'cli_1')).toBe(true);
    expect(() => requireTenant(serviceIdentity('payments', null))).toThrow('no tenant selected');
  });
});
