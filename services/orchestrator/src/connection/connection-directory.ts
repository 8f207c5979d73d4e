import type { StepAction } from '@maxai/contracts/flows/flow-document';
import {
  getConnectionSecrets,
  listClientConnections,
  listConnections,
  type ConnectionSecrets,
} from '@maxai/contracts/http/iam';
import type { Provider } from '@maxai/contracts/schemas';
import {
  createPort,
  portProviders,
  type PortConnection,
  type ProviderBaseUrls,
} from '@maxai/integrations/create-ports';
import type { PortName, Ports } from '@maxai/integrations/ports';
import { serviceIdentity, type Identity } from '@maxai/kernel/access';
import type { Clock } from '@maxai/kernel/clock';
import { AppError } from '@maxai/kernel/errors';
import type { ServiceClient } from '@maxai/runtime/http';
import { portOf } from '../effect/effect-rules.ts';

type ListedConnection = {
  readonly id: string;
  readonly provider: Provider;
  readonly clientId: string | null;
};

export type OpenPort = <Name extends PortName>(name: Name) => Ports[Name];

export type ConnectionDirectory = {
  /**
   * The connection an action of a client goes through: the client's own before the tenant's. Throws
   * `unknown_connection` when there is none.
   */
  forAction(
    tenantId: string,
    clientId: string | null,
    action: StepAction,
  ): Promise<ListedConnection>;
  /** The ports of a connection, made from its secrets. */
  open(tenantId: string, connectionId: string): Promise<OpenPort>;
};

/** n8n is the platform's own: one key signs what it is sent, and its results come in at one public URL. */
export type Workflows = { readonly signingKey: string; readonly publicUrl: string };

/** What a connection to n8n stands for: that its tenant may start workflows, and what their results are known by. */
function withWorkflows(secrets: ConnectionSecrets, workflows: Workflows): PortConnection {
  if (secrets.provider !== 'n8n') return secrets;
  const [webhookSecret = ''] = secrets.webhookSecrets;
  return {
    provider: 'n8n',
    account: { callbackUrl: `${workflows.publicUrl}/webhooks/n8n/${secrets.id}` },
    credentials: { signingKey: workflows.signingKey, webhookSecret },
  };
}

const keepMs = 30_000;
const keptMax = 5000;

/** The connection to use out of those a client may use. */
export function chooseConnection(
  candidates: readonly ListedConnection[],
  action: StepAction,
): ListedConnection | undefined {
  const provider = portProviders[portOf[action]];
  const able = candidates.filter((candidate) => candidate.provider === provider);
  return able.find((candidate) => candidate.clientId !== null) ?? able[0];
}

/** The tenant's own live connections, newest first; `cursor` is where a page goes on. */
async function listTenantWide(
  iam: ServiceClient,
  identity: Identity,
  cursor?: string,
): Promise<ListedConnection[]> {
  const { items, nextCursor } = await iam.call(listConnections, {
    identity,
    query: { tenantWide: true, limit: 200, ...(cursor !== undefined && { cursor }) },
  });
  // The iam of the release before shows those of clients too.
  const live = items.filter((item) => item.clientId === null && item.disabledAt === null);
  if (nextCursor === null) return live;
  return [...live, ...(await listTenantWide(iam, identity, nextCursor))];
}

/** Asks iam which connections there are, and remembers the answers in memory for at most 30 s. */
export function createConnectionDirectory(options: {
  readonly iam: ServiceClient;
  readonly clock: Clock;
  readonly baseUrls: ProviderBaseUrls;
  readonly workflows: Workflows;
}): ConnectionDirectory {
  const { iam, clock, baseUrls, workflows } = options;
  const kept = new Map<string, { readonly untilMs: number; readonly value: Promise<unknown> }>();

  function remembered<T>(key: string, load: () => Promise<T>): Promise<T> {
    const nowMs = clock.now().getTime();
    const known = kept.get(key);
    // The key names the operation, so what is kept under it is what `load` returns.
    if (known && nowMs < known.untilMs) return known.value as Promise<T>;
    if (kept.size >= keptMax) kept.clear();
    const value = load();
    kept.set(key, { untilMs: nowMs + keepMs, value });
    value.catch(() => kept.delete(key));
    return value;
  }

  async function listed(tenantId: string, clientId: string | null): Promise<ListedConnection[]> {
    const identity = serviceIdentity('orchestrator', tenantId);
    if (clientId !== null) {
      return (await iam.call(listClientConnections, { identity, params: { clientId } })).items;
    }
    return listTenantWide(iam, identity);
  }

  return {
    async forAction(tenantId, clientId, action) {
      const candidates = await remembered(`list:${tenantId}:${clientId}`, () =>
        listed(tenantId, clientId),
      );
      const chosen = chooseConnection(candidates, action);
      if (!chosen) {
        const provider = portProviders[portOf[action]];
        throw new AppError('unknown_connection', {
          detail: `${action} needs a ${provider} connection: connect one to the client or the agency`,
        });
      }
      return chosen;
    },
    open: (tenantId, connectionId) =>
      remembered(`ports:${connectionId}`, async () => {
        const secrets = await iam.call(getConnectionSecrets, {
          identity: serviceIdentity('orchestrator', tenantId),
          params: { connectionId },
        });
        // A connection has one provider, and a provider one port: made once, it keeps its access tokens.
        let made: Ports[PortName] | undefined;
        return <Name extends PortName>(name: Name) => {
          made ??= createPort(name, withWorkflows(secrets, workflows), { baseUrls, clock });
          return made as Ports[Name];
        };
      }),
  };
}
