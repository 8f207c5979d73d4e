import { describe, expect, it } from 'vitest';
import { SleepInfo } from '../src/render/kubernetes/sleep-info.ts';
import { cluster, targetOf } from './rendered-cluster.ts';

const production = cluster('production', 'gke');

describe('outside business hours', () => {
  it('development is off, in its time zone [R129]', () => {
    const sleep = cluster('development', 'kind').of('SleepInfo');
    expect(sleep).toHaveLength(4);
    expect(sleep[2]).toMatchObject({
      metadata: { namespace: 'dev-services' },
      spec: {
        weekdays: '1-5',
        sleepAt: '20:00',
        wakeUpAt: '08:00',
        timeZone: 'America/New_York',
        suspendDeployments: true,
        suspendStatefulSets: true,
        patches: [
          {
            target: { group: 'argoproj.io', kind: 'Rollout' },
            patch: '[{"op":"add","path":"/spec/replicas","value":0}]',
          },
          { target: { group: 'keda.sh', kind: 'ScaledObject' } },
        ],
      },
    });
  });

  it('staging runs at its minimum, whatever that is [R130]', () => {
    const sleep = cluster('staging', 'eks').of('SleepInfo');
    expect(sleep).toHaveLength(4);
    expect(sleep[0]).toMatchObject({
      spec: {
        suspendDeployments: false,
        patches: [
          {
            target: { kind: 'HorizontalPodAutoscaler' },
            patch: '[{"op":"copy","from":"/spec/minReplicas","path":"/spec/maxReplicas"}]',
          },
          {
            target: { kind: 'ScaledObject' },
            patch: '[{"op":"copy","from":"/spec/minReplicaCount","path":"/spec/maxReplicaCount"}]',
          },
        ],
      },
    });
  });

  it('production is always on', () => {
    expect(production.of('SleepInfo')).toEqual([]);
  });

  it.each([
    ['sleepAt', '8 pm', 'spec.sleepAt must be HH:MM'],
    ['weekdays', 'Mon-Fri', 'spec.weekdays must be days'],
    ['timeZone', 'Atlantis', 'spec.timeZone must be an IANA name'],
  ])('a wrong %s is refused', (field, value, message) => {
    const { businessHours } = targetOf('staging', 'gke').environment;
    const spec = {
      weekdays: businessHours.days,
      sleepAt: businessHours.until,
      wakeUpAt: businessHours.from,
      timeZone: businessHours.timeZone,
      suspendDeployments: true,
      suspendStatefulSets: true,
      suspendCronJobs: true,
      patches: [],
      [field]: value,
    };
    expect(() => new SleepInfo({ metadata: { name: 'x' }, spec }).validate()).toThrow(message);
  });
});
