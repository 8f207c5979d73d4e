import { permissions } from '@maxai/kernel/access';
import { Type, type Static } from 'typebox';
import { operation } from '../operation.ts';
import {
  Id,
  JsonObject,
  Nullable,
  NullableId,
  NullableTimestamp,
  Page,
  PageQuery,
  Provider,
  Text,
  Timestamp,
} from '../schemas.ts';

const PermissionName = Type.Enum([...permissions]);

const GrantScope = Type.Union([
  Type.Object({ kind: Type.Literal('platform') }),
  Type.Object({ kind: Type.Literal('tenant') }),
  Type.Object({ kind: Type.Literal('client'), clientId: Id('client') }),
]);
export const IdentityWire = Type.Object({
  actor: Type.Object({
    kind: Type.Union([Type.Literal('user'), Type.Literal('api-key'), Type.Literal('service')]),
    id: Type.String(),
  }),
  tenantId: NullableId('tenant'),
  grants: Type.Array(Type.Object({ scope: GrantScope, permissions: Type.Array(PermissionName) })),
});

export const Tenant = Type.Object({ id: Id('tenant'), name: Text(200), createdAt: Timestamp });
export const Client = Type.Object({
  id: Id('client'),
  tenantId: Id('tenant'),
  name: Text(200),
  timeZone: Text(64),
  createdAt: Timestamp,
});
export const Agent = Type.Object({
  id: Id('agent'),
  clientId: Id('client'),
  name: Text(200),
  channel: Type.Union([Type.Literal('voice'), Type.Literal('text')]),
  /** The provider's own id of this agent (Retell `agent_id`), once published or linked. */
  externalId: Nullable(Type.String()),
  createdAt: Timestamp,
});
export const Member = Type.Object({
  id: Id('member'),
  userId: Id('user'),
  email: Type.String(),
  name: Type.String(),
  role: Text(40),
  scope: GrantScope,
});
export const Session = Type.Object({
  id: Id('session'),
  userId: Id('user'),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  userAgent: Type.String(),
  current: Type.Boolean(),
});
export const ApiKey = Type.Object({
  id: Id('apiKey'),
  name: Text(200),
  /** The first characters, enough to recognise the key and useless to an attacker. */
  hint: Type.String(),
  role: Text(40),
  createdAt: Timestamp,
  expiresAt: NullableTimestamp,
  revokedAt: NullableTimestamp,
});
export const Connection = Type.Object({
  id: Id('connection'),
  clientId: NullableId('client'),
  provider: Provider,
  name: Text(200),
  /** Where the provider must post: `/webhooks/{provider}/{connectionId}` under the public URL. */
  webhookPath: Type.String(),
  /** Account facts that are not secret: account SID, location id, phone number, calendar id. */
  account: JsonObject,
  createdAt: Timestamp,
  disabledAt: NullableTimestamp,
});
export const AuditEvent = Type.Object({
  id: Id('audit'),
  action: Type.String(),
  actor: Type.Object({ kind: Type.String(), id: Type.String() }),
  resource: Type.String(),
  clientId: NullableId('client'),
  correlationId: Type.String(),
  occurredAt: Timestamp,
  detail: JsonObject,
  /** SHA-256 over the row and the hash before it; a gap or an edit breaks the chain. */
  hash: Type.String(),
});
export const Flag = Type.Object({ key: Text(80), enabled: Type.Boolean(), reason: Type.String() });

const inIam = { service: 'iam' } as const;
const auth = { ...inIam, tag: 'Authentication' } as const;

export const startLogin = operation({
  ...auth,
  id: 'startLogin',
  method: 'GET',
  path: '/api/auth/login',
  audience: 'anyone',
  status: 302,
  summary: 'Start the OIDC code flow with PKCE; answers a redirect to the identity provider',
  query: Type.Object({
    returnTo: Type.Optional(Type.String({ maxLength: 500, pattern: '^/(?!/)' })),
  }),
});
export const finishLogin = operation({
  ...auth,
  id: 'finishLogin',
  method: 'GET',
  path: '/api/auth/callback',
  audience: 'anyone',
  status: 302,
  summary: 'Where the identity provider returns to; sets the session cookie',
  query: Type.Record(Type.String(), Type.String({ maxLength: 4000 })),
});
export const logout = operation({
  ...auth,
  id: 'logout',
  method: 'POST',
  path: '/api/auth/logout',
  audience: 'authenticated',
  status: 204,
  summary: 'Revoke the current session',
});
export const getCurrentSession = operation({
  ...auth,
  id: 'getCurrentSession',
  method: 'GET',
  path: '/api/auth/session',
  audience: 'authenticated',
  status: 200,
  summary: 'Who is signed in, where, with what permissions',
  result: Type.Object({
    actor: Type.Object({
      kind: Type.String(),
      id: Type.String(),
      name: Type.String(),
      email: Nullable(Type.String()),
    }),
    tenant: Nullable(Type.Object({ id: Id('tenant'), name: Type.String() })),
    grants: IdentityWire.properties.grants,
    expiresAt: NullableTimestamp,
  }),
});
export const listSessions = operation({
  ...inIam,
  tag: 'Sessions',
  id: 'listSessions',
  method: 'GET',
  path: '/api/sessions',
  audience: 'session:read',
  status: 200,
  summary: 'Live sessions of the tenant',
  query: Type.Object(PageQuery),
  result: Page(Session),
});
export const revokeSession = operation({
  ...inIam,
  tag: 'Sessions',
  id: 'revokeSession',
  method: 'DELETE',
  path: '/api/sessions/{sessionId}',
  audience: 'session:write',
  status: 204,
  summary: 'Revoke a session; effective everywhere within one second',
  params: Type.Object({ sessionId: Id('session') }),
});

const clients = { ...inIam, tag: 'Clients' } as const;
export const listClients = operation({
  ...clients,
  id: 'listClients',
  method: 'GET',
  path: '/api/clients',
  audience: 'client:read',
  status: 200,
  summary: 'The agency’s client businesses',
  query: Type.Object(PageQuery),
  result: Page(Client),
});
export const createClient = operation({
  ...clients,
  id: 'createClient',
  method: 'POST',
  path: '/api/clients',
  audience: 'client:write',
  status: 201,
  summary: 'Onboard a client business',
  body: Type.Object(
    { name: Text(200), timeZone: Type.Optional(Text(64)) },
    { additionalProperties: false },
  ),
  result: Client,
});
export const getClient = operation({
  ...clients,
  id: 'getClient',
  method: 'GET',
  path: '/api/clients/{clientId}',
  audience: 'client:read',
  status: 200,
  summary: 'One client business',
  params: Type.Object({ clientId: Id('client') }),
  result: Client,
});
export const listAgents = operation({
  ...clients,
  id: 'listAgents',
  method: 'GET',
  path: '/api/agents',
  audience: 'client:read',
  status: 200,
  summary: 'AI employees',
  query: Type.Object({ ...PageQuery, clientId: Type.Optional(Id('client')) }),
  result: Page(Agent),
});
export const createAgent = operation({
  ...clients,
  id: 'createAgent',
  method: 'POST',
  path: '/api/agents',
  audience: 'client:write',
  status: 201,
  summary: 'Add an AI employee to a client',
  body: Type.Object(
    {
      clientId: Id('client'),
      name: Text(200),
      channel: Agent.properties.channel,
      externalId: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    },
    { additionalProperties: false },
  ),
  result: Agent,
});

const people = { ...inIam, tag: 'People and keys' } as const;
export const listMembers = operation({
  ...people,
  id: 'listMembers',
  method: 'GET',
  path: '/api/members',
  audience: 'member:read',
  status: 200,
  summary: 'People with access and what they may do',
  query: Type.Object(PageQuery),
  result: Page(Member),
});
export const addMember = operation({
  ...people,
  id: 'addMember',
  method: 'POST',
  path: '/api/members',
  audience: 'member:write',
  status: 201,
  summary: 'Grant a person a role by email; takes effect at their next sign-in',
  body: Type.Object(
    {
      email: Type.String({ format: 'email', maxLength: 320 }),
      role: Text(40),
      clientId: Type.Optional(NullableId('client')),
    },
    { additionalProperties: false },
  ),
  result: Member,
});
export const removeMember = operation({
  ...people,
  id: 'removeMember',
  method: 'DELETE',
  path: '/api/members/{memberId}',
  audience: 'member:write',
  status: 204,
  summary: 'Take a grant away and revoke the sessions that used it',
  params: Type.Object({ memberId: Id('member') }),
});
export const listApiKeys = operation({
  ...people,
  id: 'listApiKeys',
  method: 'GET',
  path: '/api/api-keys',
  audience: 'api-key:read',
  status: 200,
  summary: 'API keys, without their secrets',
  query: Type.Object(PageQuery),
  result: Page(ApiKey),
});
export const createApiKey = operation({
  ...people,
  id: 'createApiKey',
  method: 'POST',
  path: '/api/api-keys',
  audience: 'api-key:write',
  status: 201,
  summary: 'Mint an API key; the secret is shown once',
  body: Type.Object(
    {
      name: Text(200),
      role: Text(40),
      clientId: Type.Optional(NullableId('client')),
      expiresAt: Type.Optional(NullableTimestamp),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({ ...ApiKey.properties, secret: Type.String() }),
  secretResult: true,
});
export const revokeApiKey = operation({
  ...people,
  id: 'revokeApiKey',
  method: 'DELETE',
  path: '/api/api-keys/{apiKeyId}',
  audience: 'api-key:write',
  status: 204,
  summary: 'Revoke an API key; effective everywhere within one second',
  params: Type.Object({ apiKeyId: Id('apiKey') }),
});

const connections = { ...inIam, tag: 'Connections' } as const;
export const listConnections = operation({
  ...connections,
  id: 'listConnections',
  method: 'GET',
  path: '/api/connections',
  audience: 'connection:read',
  status: 200,
  summary: 'Provider connections, without their secrets',
  query: Type.Object({
    ...PageQuery,
    clientId: Type.Optional(Id('client')),
    tenantWide: Type.Optional(
      Type.Boolean({ description: 'Whether to leave out those that belong to a client' }),
    ),
  }),
  result: Page(Connection),
});
export const createConnection = operation({
  ...connections,
  id: 'createConnection',
  method: 'POST',
  path: '/api/connections',
  audience: 'connection:write',
  status: 201,
  summary: 'Connect a provider account; credentials are encrypted and never shown again',
  body: Type.Object(
    {
      clientId: Type.Optional(NullableId('client')),
      provider: Provider,
      name: Text(200),
      account: JsonObject,
      /** API key, auth token or OAuth tokens, by the provider's own names. */
      credentials: Type.Record(Type.String(), Type.String({ maxLength: 10_000 })),
      /** What inbound webhooks are verified with; several during a rotation. */
      webhookSecrets: Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), { maxItems: 5 }),
    },
    { additionalProperties: false },
  ),
  result: Connection,
});
export const rotateConnectionSecrets = operation({
  ...connections,
  id: 'rotateConnectionSecrets',
  method: 'PUT',
  path: '/api/connections/{connectionId}/webhook-secrets',
  audience: 'connection:write',
  status: 204,
  summary: 'Replace the list of accepted webhook secrets',
  params: Type.Object({ connectionId: Id('connection') }),
  body: Type.Object(
    {
      webhookSecrets: Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), {
        minItems: 1,
        maxItems: 5,
      }),
    },
    { additionalProperties: false },
  ),
});
export const disableConnection = operation({
  ...connections,
  id: 'disableConnection',
  method: 'DELETE',
  path: '/api/connections/{connectionId}',
  audience: 'connection:write',
  status: 204,
  summary: 'Disable a connection; its webhooks answer 404 from then on',
  params: Type.Object({ connectionId: Id('connection') }),
});

export const listAuditEvents = operation({
  ...inIam,
  tag: 'Audit',
  id: 'listAuditEvents',
  method: 'GET',
  path: '/api/audit',
  audience: 'audit:read',
  status: 200,
  summary: 'What was changed by whom, newest first',
  query: Type.Object(PageQuery),
  result: Page(AuditEvent),
});
export const listFlags = operation({
  ...inIam,
  tag: 'Flags',
  id: 'listFlags',
  method: 'GET',
  path: '/api/flags',
  audience: 'flag:read',
  status: 200,
  summary: 'Feature flags as they evaluate for the caller',
  result: Type.Object({ items: Type.Array(Flag) }),
});
export const setFlag = operation({
  ...inIam,
  tag: 'Flags',
  id: 'setFlag',
  method: 'PUT',
  path: '/api/flags/{key}',
  audience: 'flag:write',
  status: 200,
  summary: 'Switch a flag for the tenant',
  params: Type.Object({ key: Text(80) }),
  body: Type.Object({ enabled: Type.Boolean() }, { additionalProperties: false }),
  result: Flag,
});
export const listTenants = operation({
  ...inIam,
  tag: 'Platform',
  id: 'listTenants',
  method: 'GET',
  path: '/api/admin/tenants',
  audience: 'platform:read',
  status: 200,
  summary: 'Every tenant, with its size',
  query: Type.Object(PageQuery),
  result: Page(
    Type.Object({ ...Tenant.properties, clientCount: Type.Integer(), memberCount: Type.Integer() }),
  ),
});

/** What the gateway keeps in the cache under a session token's or API key's hash. */
export const Principal = Type.Object({
  identity: IdentityWire,
  /** Session id or API key id. */
  credentialId: Type.String(),
  expiresAt: NullableTimestamp,
});
export type Principal = Static<typeof Principal>;

const internal = { ...inIam, tag: 'Internal', audience: 'service' } as const;
export const resolvePrincipal = operation({
  ...internal,
  id: 'resolvePrincipal',
  method: 'POST',
  path: '/internal/principals/resolve',
  status: 200,
  summary: 'The principal behind a session token or API key, by SHA-256 of the secret (hex)',
  body: Type.Object({
    kind: Type.Union([Type.Literal('session'), Type.Literal('api-key')]),
    secretHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  }),
  result: Principal,
});
/** A connection with its plaintext secrets: between services only, never logged, never cached on disk. */
export const ConnectionSecrets = Type.Object({
  id: Id('connection'),
  tenantId: Id('tenant'),
  clientId: NullableId('client'),
  provider: Provider,
  account: JsonObject,
  credentials: Type.Record(Type.String(), Type.String()),
  webhookSecrets: Type.Array(Type.String()),
});
export type ConnectionSecrets = Static<typeof ConnectionSecrets>;
export const getConnectionSecrets = operation({
  ...internal,
  id: 'getConnectionSecrets',
  method: 'GET',
  path: '/internal/connections/{connectionId}/secrets',
  status: 200,
  summary: 'A live connection with decrypted credentials; 404 when unknown or disabled',
  params: Type.Object({ connectionId: Id('connection') }),
  result: ConnectionSecrets,
});
export const listClientConnections = operation({
  ...internal,
  id: 'listClientConnections',
  method: 'GET',
  path: '/internal/clients/{clientId}/connections',
  status: 200,
  summary: 'Live connections of a client, its tenant-wide ones included, without secrets',
  params: Type.Object({ clientId: Id('client') }),
  result: Type.Object({
    items: Type.Array(
      Type.Object({ id: Id('connection'), provider: Provider, clientId: NullableId('client') }),
    ),
  }),
});
export const createTenant = operation({
  ...internal,
  id: 'createTenant',
  method: 'POST',
  path: '/internal/tenants',
  status: 201,
  summary: 'Create a tenant with its first owner and an API key; platform provisioning only',
  body: Type.Object({
    name: Text(200),
    ownerEmail: Type.String({ format: 'email' }),
    apiKeyName: Text(200),
    /** Emails that become platform staff. */
    staffEmails: Type.Array(Type.String({ format: 'email' }), { maxItems: 20 }),
  }),
  result: Type.Object({
    tenant: Tenant,
    apiKey: Type.Object({ id: Id('apiKey'), secret: Type.String() }),
  }),
});
