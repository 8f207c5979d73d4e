import { pipelineTargets, type PipelineTarget } from '../cloud-target.ts';
import type { Job, Step } from './model.ts';
import { checkout, cloudVariable, keepRelease, run, signIn, takeRelease, use } from './steps.ts';

const of = (name: string) => pipelineTargets.filter(({ environment }) => environment.name === name);
const [staging, production] = [of('staging'), of('production')];

function publicUrl([target]: readonly PipelineTarget[]): string {
  return String(target?.environment.publicUrl);
}

/** Reads the repository and may ask the cloud for a token. */
const inCloud = {
  permissions: { contents: 'read', 'id-token': 'write' },
  'runs-on': 'ubuntu-24.04',
} as const;
const onRunner = { permissions: { contents: 'read' }, 'runs-on': 'ubuntu-24.04' } as const;

const smokeKey = { MAXAI_SMOKE_API_KEY: '${{ secrets.MAXAI_SMOKE_API_KEY }}' } as const;

/** Builds for one environment's registry on whichever cloud is used; the same content has the same digest. */
function publish(targets: readonly PipelineTarget[]): Step[] {
  return targets.map(({ environment: { name }, cloud: { kind, registry } }) => ({
    ...run(
      `Push for ${name} on ${kind}`,
      `npx maxai images push --registry ${registry} --environment ${name} --release "$RELEASE"`,
    ),
    if: `vars.MAXAI_CLOUD == '${kind}'`,
  }));
}

function publishing(environment: string, targets: readonly PipelineTarget[]): Step[] {
  const place = `--environment ${environment} --cloud "$MAXAI_CLOUD"`;
  return [
    ...signIn(targets),
    run(`Registry of ${environment}`, `npx maxai pipeline login ${place}`, cloudVariable),
    ...publish(targets),
    run(`Scan for ${environment}`, `npx maxai pipeline scan ${place}`, cloudVariable),
    run(`Sign for ${environment}`, `npx maxai pipeline sign ${place}`, cloudVariable),
  ];
}

/** Everything that changes production asks for the approval itself: a step can be run again days later. */
function deployment(environment: string, stage: string, targets: readonly PipelineTarget[]) {
  const place = `--environment ${environment} --cloud "$MAXAI_CLOUD"`;
  const isProduction = environment === 'production';
  const approval = run('Approval', 'npx maxai pipeline verify-approval');
  return {
    ...inCloud,
    environment,
    'timeout-minutes': 75,
    steps: [
      ...checkout(),
      takeRelease,
      ...(isProduction ? [approval] : []),
      ...signIn(targets),
      run('Cluster', `npx maxai pipeline connect ${place}`, cloudVariable),
      run('Deploy', `npx maxai pipeline deploy ${place} --stage ${stage}`, cloudVariable),
    ],
  };
}

function smoke(environment: string, url: string, options = ''): Omit<Job, 'name'> {
  const command = `npx maxai smoke ${url}${options}`;
  return {
    ...onRunner,
    environment,
    'timeout-minutes': 30,
    steps: [...checkout(), run('Ask the platform', command, smokeKey)],
  };
}

/** From the checked commit to production, each step only after the one before it. */
export const releaseJobs = {
  images: {
    name: 'Images: build, scan, bill of materials, sign, push',
    needs: 'schemas',
    ...inCloud,
    'timeout-minutes': 90,
    steps: [
      ...checkout(),
      run('Prove the images', 'npx maxai images test --skip-without-engine'),
      use('trivy', 'aquasecurity/setup-trivy', { version: 'v0.69.3' }),
      use('cosign', 'sigstore/cosign-installer', { 'cosign-release': 'v3.0.2' }),
      ...publishing('staging', staging),
      ...publishing('production', production),
      run('Manifests', 'npx maxai topology render'),
      keepRelease,
    ],
  },
  'migrate-staging': {
    name: 'Staging: migrate',
    needs: 'images',
    ...deployment('staging', 'migrations', staging),
  },
  staging: {
    name: 'Staging: deploy',
    needs: 'migrate-staging',
    ...deployment('staging', 'release', staging),
  },
  'smoke-staging': {
    name: 'Staging: smoke test',
    needs: 'staging',
    ...smoke('staging', publicUrl(staging)),
  },
  approval: {
    name: 'Approval by a release manager',
    needs: 'smoke-staging',
    ...onRunner,
    environment: 'production',
    'timeout-minutes': 70,
    steps: [
      // Looks for tags that are pushed while it waits.
      ...checkout(true),
      takeRelease,
      run('Wait for a signed approval', 'npx maxai pipeline verify-approval --wait-minutes 60'),
    ],
  },
  'migrate-production': {
    name: 'Production: migrate',
    needs: 'approval',
    ...deployment('production', 'migrations', production),
  },
  production: {
    name: 'Production: canary, then all traffic',
    needs: 'migrate-production',
    ...deployment('production', 'release', production),
  },
  health: {
    name: 'Production: health checks',
    needs: 'production',
    ...smoke('production', publicUrl(production)),
  },
  monitor: {
    name: 'Production: watch',
    needs: 'health',
    ...smoke('production', publicUrl(production), ' --for-minutes 15'),
  },
  record: {
    name: 'Record the release',
    needs: 'monitor',
    permissions: { contents: 'write' },
    'runs-on': 'ubuntu-24.04',
    environment: 'production',
    'timeout-minutes': 15,
    steps: [
      ...checkout(true),
      takeRelease,
      run('Contracts', 'npx maxai contracts release "$RELEASE"'),
      run('Release', 'npx maxai pipeline record'),
    ],
  },
} as const satisfies Readonly<Record<string, Job>>;
