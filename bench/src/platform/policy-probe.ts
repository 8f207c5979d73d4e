import { resolvePrincipal } from '@maxai/contracts/http/iam';
import { serviceIdentity } from '@maxai/kernel/access';
import { createServiceClient } from '@maxai/runtime/http';
import { createIdentitySigner } from '@maxai/runtime/identity';
import { createHash } from 'node:crypto';

export type PolicyOrder = {
  /** The gateway's own key: who asks. */
  readonly privateJwk: string;
  readonly apiKey: string;
};

/**
 * The policy check as a service asks it: who is behind this key and what may it do, answered by iam from the database,
 * with no cache in between. Resolves with `ok` or with the code of the refusal.
 */
export async function openPolicyProbe(iamUrl: string, { privateJwk, apiKey }: PolicyOrder) {
  const caller = 'api-gateway';
  const signer = await createIdentitySigner({ caller, privateJwk });
  const iam = createServiceClient({ target: 'iam', baseUrl: iamUrl, signer });
  const secretHash = createHash('sha256').update(apiKey).digest('hex');
  const identity = serviceIdentity(caller, null);
  return {
    check: (): Promise<string> =>
      iam
        .call(resolvePrincipal, { identity, body: { kind: 'api-key', secretHash } })
        .then(() => 'ok', String),
    close: () => iam.close(),
  };
}
