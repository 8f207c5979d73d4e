import { ClusterPolicy } from '@kubernetes-models/kyverno/kyverno.io/v1/ClusterPolicy';
import type { ISpec } from '@kubernetes-models/kyverno/kyverno.io/v1/Spec';
import type { NamespaceName } from '../../model/index.ts';
import { signedBy } from '../../signing.ts';
import { chargeOf } from './network-charge.ts';
import { namespaceName, objectLabels } from './object-names.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';

/** Pods of ours, whoever makes them; Kyverno applies a rule for pods to what makes them as well. */
function podsOfOurs({ platform, environment }: RenderTarget) {
  // The keys of the record of namespaces are the names of namespaces.
  const keys = Object.keys(platform.namespaces) as NamespaceName[];
  const namespaces = keys.map((key) => namespaceName(environment, key));
  return { any: [{ resources: { kinds: ['Pod'], namespaces } }] };
}

function policyOf(target: RenderTarget, name: string, spec: ISpec): RenderedObject {
  const { platform, environment } = target;
  const model = new ClusterPolicy({
    metadata: { name, labels: objectLabels(environment, chargeOf(platform, name)) },
    spec,
  });
  return rendered(model, {
    file: `cluster/${name}`,
    origins: [
      {
        field: '',
        file: `topology/src/environments/${environment.name}.ts`,
        key: 'targets.registry',
        because: 'nothing runs that the pipeline did not build, scan and sign',
      },
    ],
  });
}

/** What may run in our namespaces: images of our registry, by digest, signed by the pipeline. */
export function renderAdmission(target: RenderTarget): RenderedObject[] {
  const { cluster } = target;
  if (cluster.kind === 'kind') return [];
  const match = podsOfOurs(target);
  const ours = `${cluster.registry}/*`;
  const byDigest = [{ image: `${ours}@sha256:*` }];
  return [
    policyOf(target, 'images-by-digest', {
      background: true,
      rules: [
        {
          name: 'from-our-registry-by-digest',
          match,
          validate: {
            failureAction: 'Enforce',
            message: `Run images of ${cluster.registry} by digest, as the release's lock names them`,
            pattern: {
              spec: {
                '=(ephemeralContainers)': byDigest,
                '=(initContainers)': byDigest,
                containers: byDigest,
              },
            },
          },
        },
      ],
    }),
    policyOf(target, 'images-signed', {
      background: false,
      webhookConfiguration: { timeoutSeconds: 30, failurePolicy: 'Fail' },
      rules: [
        {
          name: 'signed-by-the-pipeline',
          match,
          verifyImages: [
            {
              imageReferences: [ours],
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
                        issuer: signedBy.issuer,
                        subject: signedBy.subject,
                        rekor: { url: signedBy.transparencyLog },
                      },
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
  ];
}
