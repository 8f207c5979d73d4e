import { describe, expect, it } from 'vitest';
import { findObject } from './find-object.ts';

function group(environment: string, cloud: string) {
  const object = (namespace: string, kind: string, name: string) => ({
    cloud,
    rendered: {
      object: {
        apiVersion: 'v1',
        kind,
        metadata: { name, namespace: `${environment}-${namespace}` },
      },
      file: name,
      origins: [],
    },
  });
  return [
    object('services', 'Service', 'iam'),
    object('services', 'ServiceAccount', 'iam'),
    object('services', 'HorizontalPodAutoscaler', 'iam'),
    object('services', 'HorizontalPodAutoscaler', 'payments'),
    object('jobs', 'ScaledObject', 'payments-worker'),
  ];
}

const groups = [group('prod', 'gke'), group('prod', 'eks'), group('staging', 'gke')];

function find(...words: string[]) {
  const { cloud, rendered } = findObject(words, groups);
  const { kind, metadata } = rendered.object;
  return `${cloud}: ${metadata.namespace}/${kind}/${metadata.name}`;
}

describe('an object', () => {
  it.each([
    [
      ['prod-services/HorizontalPodAutoscaler/iam'],
      'gke: prod-services/HorizontalPodAutoscaler/iam',
    ],
    [['hpa', 'iam'], 'gke: prod-services/HorizontalPodAutoscaler/iam'],
    [['HPA/pay'], 'gke: prod-services/HorizontalPodAutoscaler/payments'],
    [['service', 'iam'], 'gke: prod-services/Service/iam'],
    [['sa', 'iam'], 'gke: prod-services/ServiceAccount/iam'],
    [['so', 'worker'], 'gke: prod-jobs/ScaledObject/payments-worker'],
    [['staging', 'hpa', 'iam'], 'gke: staging-services/HorizontalPodAutoscaler/iam'],
  ])('is found by %j', (words, path) => {
    expect(find(...words)).toBe(path);
  });

  it('that could be several is asked for again', () => {
    expect(() => find('iam')).toThrow(
      /iam may be several objects\.\n {2}Fix: add a word that tells them apart: \n {4}prod-services\/Service\/iam\n/,
    );
  });

  it('that is misspelt is answered with what is like it, the likeliest first', () => {
    expect(() => find('hpa', 'paymnets')).toThrow(
      /No object is called hpa paymnets\.\n {2}Fix: name one like these: \n {4}prod-services\/HorizontalPodAutoscaler\/payments\n/,
    );
  });

  it('that is not named at all is not guessed', () => {
    expect(() => find('/')).toThrow('No object is called /.');
    expect(() => findObject(['hpa'], [])).toThrow('No object is called hpa.');
  });
});
