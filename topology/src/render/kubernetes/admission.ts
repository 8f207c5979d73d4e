import { ImageValidatingPolicy } from '@kubernetes-models/kyverno/policies.kyverno.io/v1/ImageValidatingPolicy';
import { ValidatingAdmissionPolicy } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy';
import { ValidatingAdmissionPolicyBinding } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding';
import type { NamespaceName } from '../../model/index.ts';
import { signedBy } from '../../signing.ts';
import { chargeOf } from './network-charge.ts';
import { namespaceName, objectLabels } from './object-names.ts';
import { rendered, type RenderedObject, type RenderTarget } from './rendered-object.ts';

const digestPolicy = 'images-by-digest';
const signaturePolicy = 'images-signed';

function placeOf({ platform, environment }: RenderTarget, name: string) {
  return {
    metadata: { name, labels: objectLabels(environment, chargeOf(platform, name)) },
    at: {
      file: `cluster/${name}`,
      origins: [
        {
          field: '',
          file: `topology/src/environments/${environment.name}.ts`,
          key: 'targets.registry',
          because: 'nothing runs that the pipeline did not build, scan and sign',
        },
      ],
    },
  };
}

/** Pods of ours, whoever makes them. */
function podsOfOurs({ platform, environment }: RenderTarget, resources: string[]) {
  // The keys of the record of namespaces are the names of namespaces.
  const keys = Object.keys(platform.namespaces) as NamespaceName[];
  return {
    namespaceSelector: {
      matchExpressions: [
        {
          key: 'kubernetes.io/metadata.name',
          operator: 'In' as const,
          values: keys.map((key) => namespaceName(environment, key)),
        },
      ],
    },
    resourceRules: [
      {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['CREATE' as const, 'UPDATE' as const],
        resources,
      },
    ],
  };
}

/** The API server itself refuses a tag or a foreign registry: no webhook has to be up for it. */
function byDigest(target: RenderTarget): RenderedObject[] {
  const { registry } = target.cluster;
  const { metadata, at } = placeOf(target, digestPolicy);
  const pattern = `^${registry.replaceAll('.', '[.]')}/[a-z0-9-]+(:[^@]+)?@sha256:[0-9a-f]{64}$`;
  const all = (field: string) =>
    `(!has(object.spec.${field}) || object.spec.${field}.all(c, c.image.matches('${pattern}')))`;
  const policy = new ValidatingAdmissionPolicy({
    metadata,
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: podsOfOurs(target, ['pods', 'pods/ephemeralcontainers']),
      validations: [
        {
          expression: ['containers', 'initContainers', 'ephemeralContainers'].map(all).join(' && '),
          message: `Run images of ${registry} by digest, as the release's lock names them`,
          reason: 'Forbidden',
        },
      ],
    },
  });
  const binding = new ValidatingAdmissionPolicyBinding({
    metadata,
    spec: { policyName: digestPolicy, validationActions: ['Deny', 'Audit'] },
  });
  return [rendered(policy, at), rendered(binding, at)];
}

/** Kyverno asks the public log for the pipeline's signature, and refuses what has none. */
function signed(target: RenderTarget): RenderedObject {
  const { metadata, at } = placeOf(target, signaturePolicy);
  const { issuer, subject, transparencyLog } = signedBy;
  const kinds = "['containers', 'initContainers', 'ephemeralContainers']";
  const verified = 'verifyImageSignatures(image, [attestors.pipeline]) > 0';
  const policy = new ImageValidatingPolicy({
    metadata,
    spec: {
      failurePolicy: 'Fail',
      webhookConfiguration: { timeoutSeconds: 30 },
      validationActions: ['Deny'],
      evaluation: { background: { enabled: false } },
      matchConstraints: podsOfOurs(target, ['pods']),
      matchImageReferences: [{ glob: `${target.cluster.registry}/*` }],
      attestors: [
        {
          name: 'pipeline',
          cosign: {
            keyless: { identities: [{ issuer, subject }] },
            ctlog: { url: transparencyLog },
          },
        },
      ],
      validationConfigurations: { required: true, mutateDigest: true, verifyDigest: true },
      validations: [
        {
          expression: `${kinds}.all(kind, !(kind in images) || images[kind].all(image, ${verified}))`,
          message: 'Only images that the pipeline signed may run here',
        },
      ],
    },
  });
  return rendered(policy, at);
}

/** What may run in our namespaces: images of our registry, by digest, signed by the pipeline. */
export function renderAdmission(target: RenderTarget): RenderedObject[] {
  return target.cluster.kind === 'kind' ? [] : [...byDigest(target), signed(target)];
}
