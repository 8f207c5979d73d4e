import { actions, type ActionName } from './actions.ts';
import type { PipelineTarget } from '../cloud-target.ts';
import type { Step } from './model.ts';

type Inputs = Readonly<Record<string, string | number | boolean>>;

export function use(name: string, action: ActionName, inputs?: Inputs): Step {
  const uses = `${action}@${actions[action].commit}`;
  return { name, uses, ...(inputs !== undefined && { with: inputs }) };
}

/** A command that a person can run in a checkout as well. */
export function run(name: string, command: string, env?: Readonly<Record<string, string>>): Step {
  return { name, run: command, ...(env !== undefined && { env }) };
}

/** The whole history, for tags and older trees; git's token stays only where a step has to reach the repository. */
export function checkout(keepsToken = false): Step[] {
  return [
    use('Check out', 'actions/checkout', { 'fetch-depth': 0, 'persist-credentials': keepsToken }),
    use('Node', 'actions/setup-node', { 'node-version': 24, cache: 'npm' }),
    run('Install', 'npm ci'),
  ];
}

const releaseFolders = 'topology/releases\ntopology/rendered\n';

/** The locks and the manifests with the digests of this run. */
export const keepRelease: Step = use('Keep the release', 'actions/upload-artifact', {
  name: 'release',
  path: releaseFolders,
  'if-no-files-found': 'error',
});

export const takeRelease: Step = use('Take the release', 'actions/download-artifact', {
  name: 'release',
  path: 'topology',
});

const onCloud = (kind: string) => `vars.MAXAI_CLOUD == '${kind}'`;

/** Exchanges the run's own token for one of the cloud; there is no key. Only one of the clouds is used. */
export function signIn(targets: readonly PipelineTarget[]): Step[] {
  return targets.flatMap(({ cloud }): Step[] => {
    const when = { if: onCloud(cloud.kind) };
    if (cloud.kind === 'eks') {
      const role = `arn:aws:iam::${cloud.account}:role/maxai-pipeline`;
      const inputs = { 'role-to-assume': role, 'aws-region': cloud.region };
      return [{ ...when, ...use('AWS', 'aws-actions/configure-aws-credentials', inputs) }];
    }
    return [
      {
        ...when,
        ...use('Google Cloud', 'google-github-actions/auth', {
          workload_identity_provider: '${{ vars.GCP_WORKLOAD_IDENTITY_PROVIDER }}',
          service_account: `maxai-pipeline@${cloud.account}.iam.gserviceaccount.com`,
        }),
      },
      {
        ...when,
        ...use("Google Cloud's command", 'google-github-actions/setup-gcloud', {
          install_components: 'gke-gcloud-auth-plugin',
        }),
      },
    ];
  });
}

/** For commands that take `--cloud "$MAXAI_CLOUD"`. */
export const cloudVariable = { MAXAI_CLOUD: '${{ vars.MAXAI_CLOUD }}' } as const;
