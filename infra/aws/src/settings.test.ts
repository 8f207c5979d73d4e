import { Config, isSecret, runtime } from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { readAwsSettings } from './settings.ts';

const complete = {
  'maxai-aws:alertEmail': 'platform@maxai.io',
  'maxai-aws:postgresAdminPassword': 'admin-password',
  'maxai-aws:redisCachePassword': 'cache-password',
  'maxai-aws:redisQueuePassword': 'queue-password',
  'maxai-aws:n8n': '{"image":"registry/n8n@sha256:1"}',
  'maxai-aws:operatorCidrs': '["198.51.100.0/24"]',
  'maxai-aws:deployerRoleArn': 'arn:aws:iam::111111111111:role/maxai-deployer',
  'maxai-aws:vpn': '{"clientCidr":"10.200.0.0/22"}',
  'maxai-aws:frontends': '{"kind":"fargate"}',
  'maxai-aws:gateway': 'planned',
  'maxai-aws:databaseReservation': 'null',
};

describe('readAwsSettings', () => {
  it('reads the configuration of the stack, secrets as secrets', async () => {
    runtime.setAllConfig(complete);
    const settings = readAwsSettings(new Config('maxai-aws'));
    expect(settings).toMatchObject({
      operatorCidrs: ['198.51.100.0/24'],
      frontends: { kind: 'fargate' },
      gateway: 'planned',
      databaseReservation: null,
    });
    for (const hidden of [settings.postgresAdminPassword, settings.redisPasswords.queue]) {
      expect(await isSecret(hidden)).toBe(true);
    }
  });

  it('names a missing key and the command that sets it', () => {
    const { 'maxai-aws:alertEmail': _, ...incomplete } = complete;
    runtime.setAllConfig(incomplete);
    expect(() => readAwsSettings(new Config('maxai-aws'))).toThrow(
      'pulumi config set maxai-aws:alertEmail',
    );
  });

  it('refuses a gateway that is neither planned nor running', () => {
    runtime.setAllConfig({ ...complete, 'maxai-aws:gateway': 'soon' });
    expect(() => readAwsSettings(new Config('maxai-aws'))).toThrow(/planned.*running/);
  });
});
