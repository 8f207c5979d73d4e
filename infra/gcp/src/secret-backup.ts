import * as kms from '@pulumi/gcp/kms/index.js';
import * as secretmanager from '@pulumi/gcp/secretmanager/index.js';
import * as storage from '@pulumi/gcp/storage/index.js';
import { jsonStringify } from '@pulumi/pulumi';
import { createBackupBucket } from './backup-storage.ts';
import type { GcpStack } from './gcp-stack.ts';
import { scheduleWorkflow } from './schedule-workflow.ts';
import type { SecretVault } from './secrets.ts';

const retentionDays = 90;

/** Reads, encrypts and stores one secret after another; nothing of it is logged or returned. */
function copySteps(
  stack: GcpStack,
  vault: SecretVault,
  key: kms.CryptoKey,
  bucket: storage.Bucket,
) {
  const steps = [
    {
      read: {
        call: 'googleapis.secretmanager.v1.projects.secrets.versions.access',
        args: {
          name: `\${"projects/${stack.target.account}/secrets/" + secret + "/versions/latest"}`,
        },
        result: 'version',
      },
    },
    {
      encrypt: {
        call: 'googleapis.cloudkms.v1.projects.locations.keyRings.cryptoKeys.encrypt',
        args: { name: key.id, body: { plaintext: '${version.payload.data}' } },
        result: 'sealed',
      },
    },
    {
      store: {
        call: 'googleapis.storage.v1.objects.insert',
        args: {
          bucket: bucket.name,
          name: '${date + "/" + secret + ".sealed"}',
          uploadType: 'media',
          body: '${sealed.ciphertext}',
        },
      },
    },
  ];
  return jsonStringify({
    main: {
      steps: [
        { date: { assign: [{ date: '${text.substring(time.format(sys.now()), 0, 10)}' }] } },
        { secrets: { for: { value: 'secret', in: vault.names, steps } } },
      ],
    },
  });
}

/** Daily copies of every secret in another project and region, sealed with a key that only exists there. */
export function createSecretBackup(stack: GcpStack, vault: SecretVault) {
  const { target, sizing, within, labels } = stack;
  const name = 'secret-backup';
  const at = { project: sizing.backupAccount, location: target.secondaryRegion };
  const ring = new kms.KeyRing(name, { name: `${stack.environment.name}-secrets`, ...at }, within);
  const key = new kms.CryptoKey(
    name,
    { name, keyRing: ring.id, rotationPeriod: `${90 * 86_400}s`, labels: labels() },
    { ...within, protect: stack.protected },
  );
  const bucket = createBackupBucket(stack, 'secrets', retentionDays);
  const { member } = scheduleWorkflow(stack, {
    name,
    schedule: '0 3 * * *',
    source: copySteps(stack, vault, key, bucket),
  });
  new kms.CryptoKeyIAMMember(
    name,
    { cryptoKeyId: key.id, role: 'roles/cloudkms.cryptoKeyEncrypter', member },
    within,
  );
  new storage.BucketIAMMember(
    name,
    { bucket: bucket.name, role: 'roles/storage.objectCreator', member },
    within,
  );
  for (const secret of vault.names) {
    new secretmanager.SecretIamMember(
      `${name}-reads-${secret}`,
      {
        secretId: vault.secret(secret).secretId,
        role: 'roles/secretmanager.secretAccessor',
        member,
      },
      within,
    );
  }
  return bucket;
}
