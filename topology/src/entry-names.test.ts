import { describe, expect, it } from 'vitest';
import {
  answersApiOnly,
  clusterLocation,
  clusterName,
  landingPath,
  n8nHost,
  publicZone,
} from './entry-names.ts';
import { cloudTarget } from './environments/cloud-sizing.ts';
import { production } from './environments/production.ts';
import { staging } from './environments/staging.ts';

describe('the zone of an environment', () => {
  it('is the domain in production and its own name elsewhere', () => {
    expect(publicZone(production)).toBe('maxai.io');
    expect(publicZone(staging)).toBe('staging.maxai.io');
    expect(n8nHost(production)).toBe('n8n.maxai.io');
  });

  it('has n8n where the flows look for it', () => {
    for (const environment of [production, staging]) {
      expect(environment.values.n8nUrl).toBe(`https://${n8nHost(environment)}`);
    }
  });

  it('holds every name of the environment [R41]', () => {
    for (const environment of [production, staging]) {
      for (const { name } of environment.dns) expect(name).toContain(publicZone(environment));
    }
  });
});

describe('answersApiOnly', () => {
  it('tells the API name from the names of the web apps', () => {
    expect(production.dns.filter(answersApiOnly).map(({ name }) => name)).toEqual(['api.maxai.io']);
  });
});

describe('clusterName', () => {
  it('is what External Secrets looks for', () => {
    expect(clusterName(staging)).toBe('maxai-staging');
    expect(clusterLocation(production, cloudTarget(production, 'gke'))).toBe('us-central1');
    expect(clusterLocation(staging, cloudTarget(staging, 'gke'))).toBe('us-central1-a');
  });
});

describe('landingPath', () => {
  it('leads the name of the console to the console', () => {
    expect(production.dns.map(landingPath)).toEqual(['/', '/admin', '/']);
  });
});
