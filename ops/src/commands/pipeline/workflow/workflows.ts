import { signedBy } from '@maxai/topology/signing';
import { stringify } from 'yaml';
import { actions } from './actions.ts';
import { checkJobs } from './check-jobs.ts';
import type { Workflow } from './model.ts';
import { releaseJobs } from './release-jobs.ts';

/** Admission trusts what this workflow signs, by its path. */
const releasePath = /\.github\/workflows\/[\w.-]+/.exec(signedBy.subject)?.[0] ?? '';

/** By path, from the root of the repository. */
export const workflows: Readonly<Record<string, Workflow>> = {
  '.github/workflows/check.yaml': {
    name: 'Check',
    on: { pull_request: {}, push: { 'branches-ignore': ['main'] } },
    permissions: {},
    concurrency: { group: 'check-${{ github.ref }}', 'cancel-in-progress': true },
    jobs: checkJobs,
  },
  [releasePath]: {
    name: 'Release',
    on: { push: { branches: ['main'] } },
    permissions: {},
    // One release at a time, and none is cut off halfway.
    concurrency: { group: 'release', 'cancel-in-progress': false },
    env: { RELEASE: '1.${{ github.run_number }}' },
    jobs: { ...checkJobs, ...releaseJobs },
  },
};

const heading =
  '# Rendered from ops/src/commands/pipeline/workflow by npm run generate; do not edit.\n';

/** YAML with the tag of each action beside its commit. */
export function renderWorkflow(workflow: Workflow): string {
  const tags = new Map<string, string>(
    Object.values(actions).map(({ commit, tag }) => [commit, tag]),
  );
  const yaml = stringify(workflow, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    singleQuote: true,
  });
  return (
    heading +
    yaml.replaceAll(/@([0-9a-f]{40})$/gm, (pin, commit: string) => `${pin} # ${tags.get(commit)}`)
  );
}
