import { randomBytes } from 'node:crypto';
import * as secretsmanager from '@pulumi/aws/secretsmanager/index.js';
import { secret } from '@pulumi/pulumi';
import { n8nVariables } from '@maxai/topology/n8n-variables';
import type { AwsStack } from './aws-stack.ts';
import type { SecretVault } from './secrets.ts';

/**
 * First values of what n8n reads, made once and kept by the store: a later run makes others and leaves these.
 * Whoever rotates adds a version beside them.
 */
export function createN8nSecrets(
  { environment, within, protected: kept }: AwsStack,
  vault: SecretVault,
) {
  return Object.values(n8nVariables(environment).secret).map(
    (name) =>
      new secretsmanager.SecretVersion(
        name,
        {
          secretId: vault.secret(name).id,
          secretString: secret(randomBytes(32).toString('base64url')),
        },
        { ...within, ignoreChanges: ['secretString'], protect: kept },
      ),
  );
}
