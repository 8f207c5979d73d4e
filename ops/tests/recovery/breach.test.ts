import type { DisasterName } from '@maxai/topology/recovery';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  callOrder,
  startBreachSite,
  type BreachSite,
} from '../../src/recovery/breach/breach-site.ts';
import { oldPasswordsAccepted } from '../../src/recovery/breach/data-passwords.ts';
import { rotateSecrets } from '../../src/recovery/breach/rotate-secrets.ts';
import { rotationEnvironments } from '../../src/recovery/breach/rotation-environment.ts';
import { runBreach, taken } from '../../src/recovery/breach/security-breach.ts';
import { claimDrill, type DrillFolder } from '../../src/recovery/drill/drill-claim.ts';
import { freeDrillPort } from '../fixtures/drill-port.ts';
import { openStateFolder } from '../../src/supervisor/state-folder.ts';

const limitMs = 600_000;
const name: DisasterName = 'security-breach';
let port: number;
let folder: DrillFolder;

beforeAll(async () => {
  port = await freeDrillPort();
  folder = await claimDrill(port);
});
afterAll(() => folder.clear(), limitMs);

const isHealthy = async ({ plan }: BreachSite, process: string) => {
  const found = plan.processes.find((spec) => spec.name === process);
  return (await fetch(String(found?.healthUrl))).ok;
};

describe('a breach', () => {
  it(
    'ends with the process isolated, every secret replaced, nothing holding an old one and no request failed [R127]',
    { timeout: limitMs },
    async () => {
      const report = await runBreach({
        folder,
        port,
        perSecond: 5,
        report: () => undefined,
        decide: () => Promise.resolve(),
        processes: ['sandbox', 'iam', 'webhook-ingress', taken],
      });
      expect(report.checks.filter(({ found, expected }) => found !== expected)).toEqual([]);
      expect(report).toMatchObject({ drill: name, passed: true, lost: 0 });
      expect(report.acknowledged).toBeGreaterThan(20);
    },
  );
});

describe('a secret that a service refuses', () => {
  it(
    'stops the rotation with every old secret still the valid one, and names the service and the variable [R127]',
    { timeout: limitMs },
    async () => {
      const state = openStateFolder(join(folder.path, 'refusing'));
      const site = await startBreachSite(state, port, () => undefined);
      try {
        const { plan, old, fleet } = site;
        const fresh = { ...site.fresh, 'iam-encryption-key': 'no key' };
        const environment = rotationEnvironments({ plan, port, old, fresh, taken });
        const order = callOrder(['sandbox', 'iam']);
        for (const process of order.flat()) {
          await fleet.roll(process, environment('before', process));
        }
        const before = readFileSync(state.file('secrets.json'), 'utf8');
        const accepted = await oldPasswordsAccepted(site);
        const steps: string[] = [];
        const rotation = rotateSecrets({
          fleet,
          plan,
          old,
          fresh,
          order,
          environment,
          from: 'before',
          reencrypt: () => Promise.reject(new Error('nothing was to be encrypted anew')),
          keep: () => steps.push('kept'),
          note: (step) => steps.push(step),
        });
        await expect(rotation).rejects.toThrow(
          /iam refuses its new secrets[^]*IAM_ENCRYPTION_KEY[^]*rotate again/,
        );
        expect(steps).not.toContain('kept');
        expect(steps.at(-1)).toContain('undone');
        expect(readFileSync(state.file('secrets.json'), 'utf8')).toBe(before);
        expect(await oldPasswordsAccepted(site)).toBe(accepted);
        expect(await isHealthy(site, 'iam')).toBe(true);
        const wrapped: string[] = [];
        const again = rotateSecrets({
          fleet,
          plan,
          old,
          fresh: site.fresh,
          order: [['iam']],
          environment: rotationEnvironments({ plan, port, old, fresh: site.fresh, taken }),
          from: 'before',
          reencrypt: (to) => {
            wrapped.push(to);
            return to === 'old' ? Promise.resolve() : Promise.reject(new Error('half of it'));
          },
          keep: () => steps.push('kept'),
          note: (step) => steps.push(step),
        });
        await expect(again).rejects.toThrow('half of it');
        expect(wrapped).toEqual(['fresh', 'old']);
        expect(steps).not.toContain('kept');
        expect(await oldPasswordsAccepted(site)).toBe(accepted);
        expect(await isHealthy(site, 'iam')).toBe(true);
        expect(await isHealthy(site, 'sandbox')).toBe(true);
        const environmentAgain = rotationEnvironments({
          plan,
          port,
          old,
          fresh: site.fresh,
          taken,
        });
        const rotateAgain = (environmentOf: typeof environment) =>
          rotateSecrets({
            fleet,
            plan,
            old,
            fresh: site.fresh,
            order: [['iam']],
            environment: environmentOf,
            from: 'before',
            reencrypt: (to) => Promise.reject(new Error(`not to ${to}`)),
            keep: () => steps.push('kept'),
            note: (step) => steps.push(step),
          });
        steps.length = 0;
        const stuck = rotateAgain(environmentAgain);
        await expect(stuck).rejects.toThrow(
          /not all of it is undone: [^]*not to fresh[^]*Fix: what is left to do:\n  - wrap what is stored[^]*not to old/,
        );
        await expect(stuck).rejects.not.toThrow('only the old passwords');
        expect(steps.join()).not.toMatch(/kept|undone/);
        expect(await oldPasswordsAccepted(site)).toBe(accepted);
        expect(await oldPasswordsAccepted({ ...site, old: site.fresh })).toBe(0);
        expect(await isHealthy(site, 'iam')).toBe(true);
        const refusing = rotateAgain((epoch, process) => ({
          ...environmentAgain(epoch, process),
          ...(epoch === 'before' && { IAM_ENCRYPTION_KEY: 'no key' }),
        }));
        await expect(refusing).rejects.toThrow(
          /- start iam with the old secrets: [^]*IAM_ENCRYPTION_KEY[^]*- let only the old passwords open the data: once everything runs/,
        );
        expect(await isHealthy(site, 'iam')).toBe(true);
      } finally {
        await site.stop();
      }
    },
  );
});
