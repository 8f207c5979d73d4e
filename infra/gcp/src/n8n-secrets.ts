import { randomBytes } from 'node:crypto';
import * as secretmanager from '@pulumi/gcp/secretmanager/index.js';
import { secret } from '@pulumi/pulumi';
import { n8nVariables } from '@maxai/topology/n8n-variables';
import type { GcpStack } from './gcp-stack.ts';
import type { SecretVault } from './secrets.ts';

/**
 * First values of what n8n reads, made once and kept by the store: a later run makes others and leaves these.
 * Whoever rotates adds a version beside them.
 */
export function createN8nSecrets(
  { environment, within, protected: kept }: GcpStack,
  vault: SecretVault,
) {
  return Object.values(n8nVariables(environment).secret).map(
    (name) =>
      new secretmanager.SecretVersion(
        name,
        {
          secret: vault.secret(name).id,
          secretData: secret(randomBytes(32).toString('base64url')),
        },
        { ...within, ignoreChanges: ['secretData'], protect: kept },
      ),
  );
}
