import * as kms from '@pulumi/gcp/kms/index.js';
import * as organizations from '@pulumi/gcp/organizations/index.js';
import { interpolate, type Output } from '@pulumi/pulumi';
import type { GcpStack } from './gcp-stack.ts';

/** Google's own account of a service in this project, which needs leave to use our keys. */
export function serviceAgent({ target, within }: GcpStack, service: string): Output<string> {
  const { number } = organizations.getProjectOutput({ projectId: target.account }, within);
  return interpolate`serviceAccount:service-${number}@${service}.iam.gserviceaccount.com`;
}

/** A key in the environment's region, turned every 90 days, for what one of Google's services encrypts. */
export function createKey(stack: GcpStack, name: string, users: Record<string, string>) {
  const { target, within, labels } = stack;
  const ring = new kms.KeyRing(name, { name, location: target.region }, within);
  const key = new kms.CryptoKey(
    name,
    {
      name,
      keyRing: ring.id,
      rotationPeriod: `${90 * 86_400}s`,
      labels: labels(),
    },
    { ...within, protect: stack.protected },
  );
  const grants = Object.entries(users).map(
    ([user, agent]) =>
      new kms.CryptoKeyIAMMember(
        `${name}-${user}`,
        {
          cryptoKeyId: key.id,
          role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
          member: serviceAgent(stack, agent),
        },
        within,
      ),
  );
  return { key, grants };
}
