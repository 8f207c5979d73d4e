import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { platform } from '../../platform.ts';
import { renderAdmission } from './admission.ts';
import { renderKubernetes } from './render-kubernetes.ts';
import { renderTargets } from './render-targets.ts';
import type { KubernetesObject } from './rendered-object.ts';

type Pattern = Readonly<Record<string, { image: string }[]>>;
type PolicySpec = {
  rules: {
    match: object;
    validate?: { pattern: { spec: Pattern }; failureAction: string };
    verifyImages?: object[];
  }[];
};
type PodSpec = Readonly<Record<string, { image: string }[] | undefined>>;

const targets = renderTargets(platform);
const production = targets[0]!;
const [byDigest, signed] = renderAdmission(production).map(({ object }) => object);

/** Kyverno's wildcards in a pattern: `*` is anything; `=(key)` counts only where the key is there. */
function admits(policy: KubernetesObject, pod: PodSpec): boolean {
  const { pattern } = (policy['spec'] as PolicySpec).rules[0]!.validate!;
  return Object.entries(pattern.spec).every(([anchored, [wanted]]) => {
    const images = pod[anchored.replace(/^=\(|\)$/g, '')];
    if (images === undefined) return anchored.startsWith('=(');
    const parts = wanted!.image.split('*').map((part) => part.replace(/[.]/g, '\\.'));
    return images.every(({ image }) => new RegExp(`^${parts.join('.*')}$`).test(image));
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

  it('enforces in exactly our namespaces', () => {
    const { match, validate } = (byDigest!['spec'] as PolicySpec).rules[0]!;
    expect(validate?.failureAction).toBe('Enforce');
    expect(match).toEqual({
      any: [
        {
          resources: {
            kinds: ['Pod'],
            namespaces: ['prod-frontend', 'prod-api', 'prod-services', 'prod-jobs'],
          },
        },
      ],
    });
  });
});

describe('the policy on signatures', () => {
  it('asks for the pipeline’s keyless signature on everything of our registry, and fails closed', () => {
    const spec = signed!['spec'] as PolicySpec & { webhookConfiguration: object };
    expect(spec.webhookConfiguration).toEqual({ timeoutSeconds: 30, failurePolicy: 'Fail' });
    expect(spec.rules[0]?.verifyImages).toEqual([
      {
        imageReferences: ['us-central1-docker.pkg.dev/maxai-production/platform/*'],
        failureAction: 'Enforce',
        required: true,
        mutateDigest: true,
        verifyDigest: true,
        type: 'Cosign',
        attestors: [
          {
            count: 1,
            entries: [
              {
                keyless: {
                  issuer: 'https://token.actions.githubusercontent.com',
                  subject: expect.stringMatching(
                    /^https:\/\/github\.com\/.+\/\.github\/workflows\/.+@refs\/heads\/main$/,
                  ) as string,
                  rekor: { url: 'https://rekor.sigstore.dev' },
                },
              },
            ],
          },
        ],
      },
    ]);
  });

  it('is not asked of images built on the machine they run on', () => {
    expect(renderAdmission(targets.at(-1)!)).toEqual([]);
  });
});
