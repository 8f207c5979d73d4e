import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { platform } from '../../platform.ts';
import { renderAdmission } from './admission.ts';
import { renderKubernetes } from './render-kubernetes.ts';
import { renderTargets } from './render-targets.ts';
import type { KubernetesObject } from './rendered-object.ts';

type PodSpec = Readonly<Record<string, { image: string }[] | undefined>>;
type Validation = { expression: string; message: string };

const targets = renderTargets(platform);
const production = targets[0]!;
const [byDigest, binding, signed] = renderAdmission(production).map(({ object }) => object);

/** Reads the images that the rule matches, and matches them as the rule says; its CEL runs in the API server. */
function admits(policy: KubernetesObject, pod: PodSpec): boolean {
  const { validations } = policy['spec'] as { validations: [Validation] };
  const rules = validations[0].expression.split(' && ');
  return rules.every((rule) => {
    const [, field, pattern] =
      /^\(!has\(object\.spec\.(\w+)\) \|\| object\.spec\.\1\.all\(c, c\.image\.matches\('(.+)'\)\)\)$/.exec(
        rule,
      )!;
    return (pod[field!] ?? []).every(({ image }) => new RegExp(pattern!).test(image));
  });
}

function fixtures(name: 'good' | 'bad'): { name: string; spec: PodSpec }[] {
  const file = join(import.meta.dirname, `../../../tests/fixtures/admission/${name}.yaml`);
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    // The fixtures beside this are pods.
    const pod = document.toJS() as { metadata: { name: string }; spec: PodSpec };
    return { name: pod.metadata.name, spec: pod.spec };
  });
}

describe('the policy on images', () => {
  it.each(fixtures('good'))('admits $name', ({ spec }) => {
    expect(admits(byDigest!, spec)).toBe(true);
  });

  it.each(fixtures('bad'))('refuses $name', ({ spec }) => {
    expect(admits(byDigest!, spec)).toBe(false);
  });

  it('admits every pod that is rendered', () => {
    const templates = renderKubernetes(production)
      .map(({ object }) => object['spec'] as { template?: { spec: PodSpec } } | undefined)
      .flatMap((spec) => (spec?.template?.spec === undefined ? [] : [spec.template.spec]));
    expect(templates.length).toBeGreaterThan(10);
    for (const spec of templates) expect(admits(byDigest!, spec)).toBe(true);
  });

  it('is enforced by the API server in exactly our namespaces', () => {
    expect(binding?.['spec']).toEqual({
      policyName: 'images-by-digest',
      validationActions: ['Deny', 'Audit'],
    });
    expect(byDigest?.['spec']).toMatchObject({
      failurePolicy: 'Fail',
      matchConstraints: {
        namespaceSelector: {
          matchExpressions: [
            {
              key: 'kubernetes.io/metadata.name',
              operator: 'In',
              values: ['prod-frontend', 'prod-api', 'prod-services', 'prod-jobs'],
            },
          ],
        },
        resourceRules: [
          { resources: ['pods', 'pods/ephemeralcontainers'], operations: ['CREATE', 'UPDATE'] },
        ],
      },
    });
  });
});

describe('the policy on signatures', () => {
  it('asks for the pipeline’s keyless signature on everything of our registry, and fails closed', () => {
    expect(signed).toMatchObject({
      apiVersion: 'policies.kyverno.io/v1',
      kind: 'ImageValidatingPolicy',
      spec: {
        failurePolicy: 'Fail',
        validationActions: ['Deny'],
        matchImageReferences: [{ glob: 'us-central1-docker.pkg.dev/maxai-production/platform/*' }],
        validationConfigurations: { required: true, mutateDigest: true, verifyDigest: true },
        attestors: [
          {
            name: 'pipeline',
            cosign: {
              keyless: {
                identities: [
                  {
                    issuer: 'https://token.actions.githubusercontent.com',
                    subject: expect.stringMatching(
                      /^https:\/\/github\.com\/.+\/\.github\/workflows\/.+@refs\/heads\/main$/,
                    ) as string,
                  },
                ],
              },
            },
          },
        ],
      },
    });
    const [{ expression }] = (signed!['spec'] as { validations: [Validation] }).validations;
    for (const kind of ['containers', 'initContainers', 'ephemeralContainers']) {
      expect(expression).toContain(`'${kind}'`);
    }
  });

  it('is not asked of images built on the machine they run on', () => {
    expect(renderAdmission(targets.at(-1)!)).toEqual([]);
  });
});
