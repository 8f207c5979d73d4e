import { getConnectionSecrets } from '@maxai/contracts/http/iam';
import { serviceIdentity } from '@maxai/kernel/access';
import { createServiceClient } from '@maxai/runtime/http';
import { createIdentitySigner } from '@maxai/runtime/identity';
import { deployables } from '@maxai/topology/development-plan';
import { join } from 'node:path';
import { openStateFolder } from '../../supervisor/state-folder.ts';
import { makeAgency, type DrillAgency } from '../drill/drill-agency.ts';
import { judge, stepNotes, type DrillReport } from '../drill/drill-report.ts';
import { readStoredData } from '../drill/invariants.ts';
import type { DrillOptions } from '../drill/run-drill.ts';
import { startWebhookLoad } from '../drill/webhook-load.ts';
import { urlOf } from '../find-process.ts';
import { adminUrl } from '../restore-platform.ts';
import { startApiLoad } from './api-load.ts';
import {
  callOrder,
  keepSecrets,
  rewrapCredentials,
  startBreachSite,
  type BreachSite,
} from './breach-site.ts';
import { connectionsFromBefore, oldPasswordsAccepted } from './data-passwords.ts';
import { holdersOf } from './held-secrets.ts';
import { rotationEnvironments, type SecretValues } from './rotation-environment.ts';
import { rotateSecrets } from './rotate-secrets.ts';

/** The process whose host is taken over; its queue keeps its work meanwhile. */
export const taken = 'orchestrator-worker';

/** Everything that holds a secret; the web apps and the edge hold none. */
export const breachProcesses: readonly string[] = deployables
  .filter(({ kind }) => kind === 'service' || kind === 'worker' || kind === 'sandbox')
  .map(({ name }) => name);

const acknowledgedLimitMs = 60_000;
const bothSidesOfIt = 20;

/** Whether iam still believes a token signed with the taken process's key. */
async function isBelieved(
  site: BreachSite,
  agency: DrillAgency,
  values: SecretValues,
): Promise<boolean> {
  const privateJwk = String(values[`identity-${taken}`]);
  const signer = await createIdentitySigner({ caller: taken, privateJwk });
  const iam = createServiceClient({ target: 'iam', baseUrl: urlOf(site.plan, 'iam'), signer });
  try {
    await iam.call(getConnectionSecrets, {
      identity: serviceIdentity(taken, null),
      params: { connectionId: agency.connectionId },
    });
    return true;
  } catch {
    return false;
  } finally {
    await iam.close();
  }
}

/** Isolates the taken process, replaces every secret under load, and ends when nothing holds an old one. */
export async function runBreach(
  options: DrillOptions & { readonly processes?: readonly string[] },
): Promise<DrillReport> {
  const { folder, port, report, decide, processes = breachProcesses } = options;
  const { steps, note } = stepNotes(report);
  const site = await startBreachSite(openStateFolder(join(folder.path, 'site')), port, report);
  const { plan, old, fresh, fleet, state } = site;
  try {
    const environment = rotationEnvironments({ plan, port, old, fresh, taken });
    const order = callOrder(processes);
    const others = order.map((row) => row.filter((name) => name !== taken));
    for (const row of order) {
      await Promise.all(row.map((name) => fleet.roll(name, environment('before', name))));
    }
    const agency = await makeAgency({ iamUrl: urlOf(site.plan, 'iam'), secrets: old });
    note('The copy runs');
    const load = startWebhookLoad({
      origin: urlOf(site.plan, 'webhook-ingress'),
      agency,
      perSecond: options.perSecond,
    });
    // A copy without the gateway is asked for what every service answers.
    const publicApi = processes.includes('api-gateway')
      ? `${urlOf(site.plan, 'api-gateway')}/api/clients`
      : `${urlOf(site.plan, 'iam')}/health`;
    const api = startApiLoad({ url: publicApi, apiKey: agency.apiKey, everyMs: 200 });
    try {
      await load.untilAcknowledged(bothSidesOfIt, acknowledgedLimitMs);
      const believedBefore = await isBelieved(site, agency, old);
      const struckAtMs = Date.now();
      note(`The host of ${taken} is taken over`);
      await decide(`Stop ${taken}, refuse its identity and replace every secret?`);
      await fleet.stop(taken);
      for (const row of others) {
        for (const name of row) {
          const isolated = environment('isolated', name);
          const isCallee = JSON.stringify(isolated) !== JSON.stringify(environment('before', name));
          if (isCallee) await fleet.roll(name, isolated);
        }
      }
      const believedAfter = await isBelieved(site, agency, old);
      note(`${taken} is stopped and its identity refused`);
      const { overlapFrom } = await rotateSecrets({
        fleet,
        plan,
        old,
        fresh,
        order: others,
        environment,
        from: 'isolated',
        reencrypt: (to) => {
          const keys = [String(fresh['iam-encryption-key']), String(old['iam-encryption-key'])];
          const [first = '', second = ''] = to === 'fresh' ? keys : keys.toReversed();
          return rewrapCredentials(plan, [first, second]);
        },
        keep: () => keepSecrets(state, old, fresh),
        note,
      });
      await fleet.roll(taken, environment('after', taken));
      note(`${taken} runs again, elsewhere and under a new identity`);
      const holders = holdersOf(old);
      const endedAtMs = Date.now();
      note('Every process and connection is looked at for an old secret');
      await load.untilAcknowledged(bothSidesOfIt, acknowledgedLimitMs);
      const deliveries = await load.stop();
      const asked = await api.stop();
      const refused = deliveries.filter(({ acknowledged }) => !acknowledged);
      for (const { answer } of refused.slice(0, 3)) report(`refused: ${answer}`);
      for (const answer of asked.failed.slice(0, 3)) report(`failed: ${answer}`);
      for (const { pid, command, secret } of holders) report(`${pid} ${command} holds ${secret}`);
      const databaseUrl = adminUrl(plan, fresh, plan.postgres.database);
      const stored = await readStoredData(databaseUrl, 2);
      const acknowledged = deliveries.filter((delivery) => delivery.acknowledged);
      const lost = acknowledged.filter(({ callId }) => !stored.calls.has(callId));
      const zero = (what: string, found: number) => ({ what, found, expected: 0 });
      const replaced = Object.keys(fresh).filter((name) => fresh[name] !== old[name]);
      return judge(
        'security-breach',
        {
          acknowledged: acknowledged.length,
          lost: lost.length,
          rtoSeconds: (endedAtMs - struckAtMs) / 1000,
          rpoSeconds: 0,
        },
        [
          zero('webhooks refused meanwhile', refused.length),
          zero('API requests failed meanwhile', asked.failed.length),
          zero('acknowledged webhooks lost', lost.length),
          {
            what: 'the taken identity believed before, and then no more',
            found: Number(believedBefore) - Number(believedAfter),
            expected: 1,
          },
          zero('old identities believed at the end', Number(await isBelieved(site, agency, old))),
          { what: 'secrets replaced', found: replaced.length, expected: Object.keys(fresh).length },
          zero('processes that hold an old secret', new Set(holders.map(({ pid }) => pid)).size),
          zero('old passwords that open something', await oldPasswordsAccepted(site)),
          zero('connections from before', await connectionsFromBefore(site, overlapFrom)),
          ...stored.checks,
        ],
        steps,
      );
    } finally {
      await Promise.all([load.stop(), api.stop()]);
    }
  } finally {
    await site.stop();
  }
}
