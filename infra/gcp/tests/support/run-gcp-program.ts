import { runtime, secret } from '@pulumi/pulumi';
import type { Platform } from '@maxai/topology/model';
import { platform } from '@maxai/topology/platform';
import { plain, Resources, type Registered } from '../../../tests/registered.ts';
import { withoutStackTraces } from '../../../tests/without-stack-traces.ts';
import { gcpProgram } from '../../src/gcp-program.ts';
import type { GcpSettings } from '../../src/settings.ts';

/** What Google would fill in, where the program passes it on. */
function computed(name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const accountId = inputs['accountId'];
  return {
    name,
    email: `${String(accountId)}@project.iam.gserviceaccount.com`,
    connectionName: `project:region:${name}`,
    selfLink: `https://www.googleapis.com/${name}`,
    address: '203.0.113.10',
    privateIpAddress: '10.17.0.3',
    host: '10.17.4.3',
    authString: 'auth-string',
    serverCaCerts: [{ cert: 'certificate' }],
    serviceAccountEmailAddress: `${name}@gcp-sa-cloud-sql.iam.gserviceaccount.com`,
    outputs: { nameServers: ['ns-staging.example.'] },
    ipAddress: '10.17.12.5',
    writerIdentity: `serviceAccount:${name}@logging.example`,
    nameServers: ['ns-1.example.', 'ns-2.example.'],
    dnsResourceRecords: [{ name: `_acme.${name}.`, type: 'CNAME', data: 'validation.example.' }],
    ...inputs,
  };
}

export const settings: GcpSettings = {
  billingAccount: '000000-000000-000000',
  alertEmail: 'platform@maxai.io',
  postgresAdminPassword: secret('admin-password'),
  entryToken: secret('e'.repeat(64)),
  n8n: { image: 'us-central1-docker.pkg.dev/maxai-production/platform/n8n@sha256:1' },
  vpn: {
    peerAddress: '198.51.100.7',
    peerCidrs: ['192.168.0.0/24'],
    peerAsn: 65_010,
    sharedSecret: secret('shared'),
  },
  frontends: { kind: 'cloud-run' },
  purchaseCommitments: true,
};

/** Runs the program as the engine does, with Google's answers made up, and returns what it registered. */
export async function runGcpProgram(
  environment: string,
  overrides: Partial<GcpSettings> = {},
  of: Platform = platform,
): Promise<Resources> {
  const registered: Registered[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        return {
          id: `${name}-id`,
          state: computed(name, plain(inputs) as Record<string, unknown>),
        };
      },
      call: () => ({ number: '123456789012' }),
    },
    'maxai-gcp',
    environment,
    false,
    'organization',
  );
  await withoutStackTraces(async () => {
    await runtime.runInPulumiStack(async () =>
      gcpProgram(of, environment, { ...settings, ...overrides }),
    );
    await runtime.disconnect();
  });
  return new Resources(registered);
}
