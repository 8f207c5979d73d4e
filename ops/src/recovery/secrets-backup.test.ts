import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateFolder, type StateFolder } from '../supervisor/state-folder.ts';
import { makeRecoveryKeys } from './seal.ts';
import {
  backUpSecrets,
  listSecretsCopies,
  openNewestSecrets,
  openSecretsCopy,
} from './secrets-backup.ts';

const keys = makeRecoveryKeys();
const secrets = { 'postgres-admin-password': 'pa55', 'identity-iam': '{"d":"private"}' };
let folder: string;
let state: StateFolder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maxai-secrets-'));
  state = openStateFolder(join(folder, 'state'));
  mkdirSync(join(folder, 'elsewhere', 'secrets'), { recursive: true });
  writeFileSync(state.file('secrets.json'), JSON.stringify(secrets));
});
afterEach(() => rmSync(folder, { recursive: true }));

const settings = () => ({
  port: 1,
  separateStorage: join(folder, 'elsewhere'),
  recoveryPublicKey: keys.publicKey,
});
const backUp = (day: string) => backUpSecrets(state, settings(), new Date(`${day}T12:00:00Z`));

describe('a copy of the secrets', () => {
  it('lies outside the state folder, unreadable without the recovery key, and opens with it [R118]', () => {
    const file = backUp('2026-01-01');
    expect(file.startsWith(settings().separateStorage)).toBe(true);
    expect(file.startsWith(state.path)).toBe(false);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const stored = readFileSync(file, 'utf8');
    for (const value of ['pa55', 'private', 'postgres-admin-password', keys.privateKey]) {
      expect(stored).not.toContain(value);
    }
    expect(openSecretsCopy(file, keys)).toEqual(secrets);
    expect(openNewestSecrets(settings(), keys)).toEqual(secrets);
  });

  it('does not open altered, cut short, dated otherwise, or with another key, and says which copy to use', () => {
    const file = backUp('2026-01-01');
    const whole = readFileSync(file, 'utf8');
    const sealed = JSON.parse(whole) as { text: string; sealedAt: string };
    const altered = [
      JSON.stringify({ ...sealed, text: `A${sealed.text.slice(1)}B` }),
      JSON.stringify({ ...sealed, sealedAt: '2025-01-01T00:00:00.000Z' }),
      whole.slice(0, 50),
    ];
    for (const content of altered) {
      writeFileSync(file, content);
      expect(() => openSecretsCopy(file, keys)).toThrow(/does not open[^]*older copy/);
    }
    writeFileSync(file, whole);
    expect(() => openSecretsCopy(file, makeRecoveryKeys())).toThrow(/another recovery key/);
  });

  it('is missed where there is none', () => {
    expect(() => openNewestSecrets(settings(), keys)).toThrow(/holds no copy[^]*SEPARATE_STORAGE/);
  });

  it('stays for as long as the oldest backup it opens, and the newest one for ever', () => {
    const first = backUp('2025-01-01');
    const second = backUp('2025-06-01');
    const third = backUp('2026-03-01');
    const files = listSecretsCopies(settings()).map(({ file }) => file);
    expect(files).toEqual([second, third]);
    expect(files).not.toContain(first);
    expect(listSecretsCopies(settings())[0]?.sealedAt).toEqual(new Date('2025-06-01T12:00:00Z'));
  });
});
