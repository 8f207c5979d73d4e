import { describe, expect, it } from 'vitest';
import { alertThresholds } from '../src/observability/alert-thresholds.ts';
import { releasePolicy } from '../src/release-policy.ts';
import { imageReference, releases } from '../src/releases.ts';
import { clusterOf, cluster, fieldOf, targetOf } from './rendered-cluster.ts';

const production = cluster('production', 'gke');
const publicServices = ['api-gateway', 'webhook-ingress'];
const internalServices = ['iam', 'prompt-svc', 'orchestrator', 'billing-usage', 'payments'];
const day = 86_400;

describe('a release of a public service', () => {
  it.each(publicServices)(
    '%s moves a tenth of the route, is judged, then takes all [R81,R82,R84,R85]',
    (name) => {
      const rollout = production.get('Rollout', name);
      expect(rollout).toMatchObject({
        spec: {
          progressDeadlineAbort: true,
          rollbackWindow: { revisions: 3 },
          strategy: {
            canary: {
              stableService: name,
              canaryService: `${name}-canary`,
              scaleDownDelaySeconds: day,
              trafficRouting: {
                plugins: {
                  'argoproj-labs/gatewayAPI': {
                    httpRoutes: [{ name }],
                    namespace: rollout.metadata.namespace,
                  },
                },
              },
              steps: [
                { setWeight: 10 },
                { analysis: { templates: [{ templateName: 'version-answers-well' }] } },
                { setWeight: 100 },
              ],
            },
          },
        },
      });
      expect(production.get('Service', `${name}-canary`).metadata.namespace).toBe(
        rollout.metadata.namespace,
      );
    },
  );
});

describe('a release of an internal service', () => {
  it.each(internalServices)(
    '%s stands beside the old one, is judged, and the old one is kept a day [R81,R85]',
    (name) => {
      expect(production.get('Rollout', name)).toMatchObject({
        spec: {
          strategy: {
            blueGreen: {
              activeService: name,
              previewService: `${name}-canary`,
              scaleDownDelaySeconds: day,
              postPromotionAnalysis: { templates: [{ templateName: 'version-answers-well' }] },
            },
          },
        },
      });
    },
  );

  it('moves by weight, as a public one does, where a mesh can split its calls [R82]', () => {
    const target = targetOf('production', 'eks');
    const meshed = clusterOf({
      ...target,
      environment: { ...target.environment, serviceMesh: 'istio' },
    });
    for (const name of internalServices) {
      expect(meshed.get('Rollout', name)).toMatchObject({
        spec: {
          strategy: { canary: { scaleDownDelaySeconds: day, steps: [{ setWeight: 10 }, {}, {}] } },
        },
      });
    }
  });
});

describe('a release of a worker', () => {
  it('takes a tenth of the pods first and leaves no old pod to take jobs', () => {
    const strategy = fieldOf(production.get('Rollout', 'payments-worker'), 'spec.strategy');
    expect(strategy).toMatchObject({
      canary: {
        maxUnavailable: 0,
        steps: [
          { setWeight: 10 },
          { analysis: { templates: [{ templateName: 'version-works-well' }] } },
        ],
      },
    });
    expect(strategy).not.toHaveProperty('canary.scaleDownDelaySeconds');
  });
});

describe('in development', () => {
  it('nothing is judged: pods are replaced one by one', () => {
    const kind = cluster('development', 'kind');
    expect(kind.of('AnalysisTemplate')).toEqual([]);
    expect(fieldOf(kind.get('Rollout', 'api-gateway'), 'spec.strategy')).toEqual({
      canary: { maxSurge: 1, maxUnavailable: 0 },
    });
  });
});

describe('the judgement of a version', () => {
  const template = production
    .of('AnalysisTemplate')
    .find(({ metadata }) => metadata.namespace === 'prod-api')!;

  it('watches errors and latency of the new version by the thresholds of the alerts [R83]', () => {
    expect(template).toMatchObject({
      spec: {
        metrics: [
          {
            name: 'error-percent',
            interval: '30s',
            count: 10,
            failureLimit: 2,
            successCondition: `len(result) > 0 && result[0] <= ${alertThresholds.errorPercentCritical}`,
            failureCondition: `len(result) > 0 && result[0] > ${alertThresholds.errorPercentCritical}`,
          },
          {
            name: 'latency-p95-seconds',
            failureCondition: `len(result) > 0 && result[0] > ${alertThresholds.latencySecondsCritical}`,
          },
        ],
      },
    });
  });

  it('says nothing while there are too few requests to judge by', () => {
    const { requestsMin } = releasePolicy('production').judgement;
    for (const index of [0, 1]) {
      expect(fieldOf(template, `spec.metrics.${index}.provider.prometheus.query`)).toMatch(
        new RegExp(`and on \\(\\) \\(sum\\(increase\\(.*>= ${requestsMin}\\)$`),
      );
    }
    expect(releasePolicy('staging').judgement.requestsMin).toBeLessThan(requestsMin);
  });

  it('takes a bad version back in less than five minutes', () => {
    const { windowSeconds, intervalSeconds, failuresMax } = releasePolicy('production').judgement;
    expect(windowSeconds + intervalSeconds * (failuresMax + 1)).toBeLessThan(300);
    expect(releasePolicy('production').progressDeadlineSeconds).toBeLessThanOrEqual(300);
  });
});

describe('the lock of a release', () => {
  it('refuses an image it has no digest for and names the file', () => {
    expect(() => imageReference('staging', { registry: 'example' }, 'nothing')).toThrow(
      'topology/releases/staging.json has no digest for nothing: add "nothing": "sha256:…"',
    );
  });

  it('names the version that the pods report', () => {
    expect(JSON.stringify(production.get('Rollout', 'iam'))).toContain(
      `"IAM_VERSION","value":"${releases.production.version}"`,
    );
  });
});
