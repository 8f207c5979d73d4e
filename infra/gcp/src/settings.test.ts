import { Config, isSecret, runtime } from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { readGcpSettings } from './settings.ts';

const vpn = { peerAddress: '198.51.100.7', peerCidrs: ['192.168.0.0/24'], peerAsn: 65_010 };
const complete = {
  'maxai-gcp:billingAccount': '000000-000000-000000',
  'maxai-gcp:alertEmail': 'platform@maxai.io',
  'maxai-gcp:postgresAdminPassword': 'admin-password',
  'maxai-gcp:entryToken': 'e'.repeat(64),
  'maxai-gcp:n8n': '{"image":"registry/n8n@sha256:1"}',
  'maxai-gcp:vpn': JSON.stringify(vpn),
  'maxai-gcp:vpnSharedSecret': 'shared',
  'maxai-gcp:frontends': '{"kind":"vercel","hosts":{"portal-web":"portal.example.app"}}',
  'maxai-gcp:purchaseCommitments': 'false',
};

describe('readGcpSettings', () => {
  it('reads the configuration of the stack, secrets as secrets', async () => {
    runtime.setAllConfig(complete);
    const settings = readGcpSettings(new Config('maxai-gcp'));
    expect(settings).toMatchObject({
      alertEmail: 'platform@maxai.io',
      vpn,
      frontends: { kind: 'vercel' },
      purchaseCommitments: false,
    });
    expect(await isSecret(settings.vpn.sharedSecret)).toBe(true);
    expect(await isSecret(settings.postgresAdminPassword)).toBe(true);
    expect(await isSecret(settings.entryToken)).toBe(true);
  });

  it('names a missing key and the command that sets it', () => {
    const { 'maxai-gcp:billingAccount': _, ...incomplete } = complete;
    runtime.setAllConfig(incomplete);
    expect(() => readGcpSettings(new Config('maxai-gcp'))).toThrow(
      'pulumi config set maxai-gcp:billingAccount',
    );
  });
});
