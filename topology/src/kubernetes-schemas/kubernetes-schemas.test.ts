import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../render/kubernetes/rendered-object.ts';
import { loadSchemas, supportedMinors } from './load-schemas.ts';
import { trimOpenApi } from './trim-openapi.ts';
import { isBuiltIn, validateObject } from './validate-object.ts';

const metadata = { name: 'iam', namespace: 'prod-services' };

function deployment(container: object, pod: object = {}): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      selector: { matchLabels: { app: 'iam' } },
      template: { spec: { containers: [{ name: 'iam', ...container }], ...pod } },
    },
  };
}

const spec = 'Deployment.spec.template.spec';

describe.each(supportedMinors)('Kubernetes %s', (minor) => {
  const schemas = loadSchemas(minor);

  it('knows the kinds the platform applies', () => {
    expect(schemas.minor).toBe(minor);
    expect(Object.keys(schemas.kinds)).toEqual(
      expect.arrayContaining([
        'apps/v1/Deployment',
        'autoscaling/v2/HorizontalPodAutoscaler',
        'batch/v1/Job',
        'networking.k8s.io/v1/NetworkPolicy',
        'policy/v1/PodDisruptionBudget',
        'v1/Service',
      ]),
    );
  });

  it('accepts a correct object', () => {
    const container = {
      resources: { limits: { memory: '512Mi', cpu: 1 } },
      livenessProbe: { httpGet: { path: '/livez', port: 'http' }, periodSeconds: 10 },
      readinessProbe: { httpGet: { path: '/health', port: 4103 } },
      args: ['main.ts'],
    };
    expect(validateObject(schemas, deployment(container, { nodeSelector: { pool: 'x' } }))).toEqual(
      [],
    );
  });

  it.each([
    [{ livenesProbe: {} }, `${spec}.containers[0].livenesProbe does not exist`],
    [{ ports: [{}] }, `${spec}.containers[0].ports[0].containerPort is required`],
    [{ args: 'main.ts' }, `${spec}.containers[0].args must be a list`],
    [{ resources: [] }, `${spec}.containers[0].resources must be an object`],
    [
      { readinessProbe: { periodSeconds: '10' } },
      `${spec}.containers[0].readinessProbe.periodSeconds must be of type int32`,
    ],
    [{ image: 7 }, `${spec}.containers[0].image must be of type string`],
    [
      { livenessProbe: { httpGet: { port: true } } },
      `${spec}.containers[0].livenessProbe.httpGet.port must be of type int-or-string`,
    ],
  ])('refuses %j', (container, problem) => {
    expect(validateObject(schemas, deployment(container))).toEqual([problem]);
  });

  it('refuses a kind or version that it does not serve', () => {
    const old = { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata };
    expect(validateObject(schemas, old)).toEqual([
      'policy/v1beta1/PodDisruptionBudget does not exist',
    ]);
  });

  it('leaves the kinds of operators to the operators', () => {
    const builtIn = (apiVersion: string) =>
      isBuiltIn(schemas, { apiVersion, kind: 'Any', metadata });
    expect(['v1', 'batch/v1', 'policy/v1beta1', 'networking.k8s.io/v2'].map(builtIn)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['argoproj.io/v1alpha1', 'gateway.networking.k8s.io/v1'].map(builtIn)).toEqual([
      false,
      false,
    ]);
  });
});

it('differs between versions where Kubernetes does', () => {
  const counts = supportedMinors.map((minor) => Object.keys(loadSchemas(minor).definitions).length);
  expect(new Set(counts).size).toBe(supportedMinors.length);
});

describe('trimming what a release publishes', () => {
  const gvk = (group: string, version: string, kind: string) => ({ group, version, kind });
  const trimmed = trimOpenApi('1.99', {
    definitions: {
      Pod: {
        type: 'object',
        properties: { spec: { $ref: '#/definitions/Spec' } },
        'x-kubernetes-group-version-kind': [gvk('', 'v1', 'Pod')],
      },
      PodList: { type: 'object', 'x-kubernetes-group-version-kind': [gvk('', 'v1', 'PodList')] },
      Lease: {
        type: 'object',
        'x-kubernetes-group-version-kind': [gvk('coordination.k8s.io', 'v1', 'Lease')],
      },
      Spec: {
        type: 'object',
        required: ['names'],
        properties: {
          names: { type: 'array', items: { $ref: '#/definitions/Name' } },
          labels: { type: 'object', additionalProperties: { type: 'string' } },
          again: { $ref: '#/definitions/Spec' },
          elsewhere: { $ref: '#/definitions/Nowhere' },
        },
      },
      Name: { type: 'string', format: 'byte', description: 'words' } as object,
      Unreached: { type: 'string' },
    },
  });

  it('keeps the kinds in force and what they reach, without words', () => {
    expect(trimmed.kinds).toEqual({ 'v1/Pod': 'Pod' });
    expect(Object.keys(trimmed.definitions)).toEqual(['Name', 'Pod', 'Spec']);
    expect(trimmed.definitions['Name']).toEqual({ type: 'string', format: 'byte' });
    expect(trimmed.definitions['Spec']?.properties?.['names']).toEqual({
      type: 'array',
      items: { $ref: 'Name' },
    });
  });

  it('accepts anything where a type is unknown', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata };
    expect(validateObject(trimmed, { ...pod, spec: { names: [], elsewhere: 1 } })).toEqual([
      'Pod.apiVersion does not exist',
      'Pod.kind does not exist',
      'Pod.metadata does not exist',
    ]);
  });
});
