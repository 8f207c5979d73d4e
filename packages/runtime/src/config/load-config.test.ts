import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { ConfigError, environmentVariable, loadConfig, processSettings } from './index.ts';

const schema = Type.Object({
  ...processSettings,
  databaseUrl: Type.String({ pattern: '^postgresql://', description: 'Of the app role' }),
  signingKey: Type.String({ minLength: 32 }),
  poolMax: Type.Integer({ default: 10, minimum: 1 }),
  appUrl: Type.Optional(Type.String()),
});
const usable = {
  IAM_PORT: '4103',
  IAM_PUBLIC_URL: 'http://localhost:8080',
  IAM_DATABASE_URL: 'postgresql://iam_app@127.0.0.1/maxai',
  IAM_SIGNING_KEY: 'k'.repeat(32),
};

function problemsOf(env: Record<string, string>): string {
  try {
    loadConfig('IAM', schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('loadConfig', () => {
  it('names the variable of a setting by the service and the key', () => {
    expect(environmentVariable('WEBHOOK_INGRESS', 'databaseUrl')).toBe(
      'WEBHOOK_INGRESS_DATABASE_URL',
    );
  });

  it('reads numbers, fills in defaults and leaves out what is optional', () => {
    expect(loadConfig('IAM', schema, { ...usable, OTHER_POOL_MAX: '3' })).toEqual({
      port: 4103,
      host: '127.0.0.1',
      version: 'unreleased',
      logLevel: 'info',
      publicUrl: 'http://localhost:8080',
      databaseUrl: 'postgresql://iam_app@127.0.0.1/maxai',
      signingKey: 'k'.repeat(32),
      poolMax: 10,
    });
  });

  it('accepts nothing where everything is optional', () => {
    const optional = Type.Object({ appUrl: Type.Optional(Type.String()) });
    expect(loadConfig('IAM', optional, {})).toEqual({});
  });

  it('reads a value from the file that a variable with _FILE names', () => {
    const directory = mkdtempSync(join(tmpdir(), 'secret-'));
    const file = join(directory, 'IAM_SIGNING_KEY');
    writeFileSync(file, `${'f'.repeat(32)}\n`);
    const { IAM_SIGNING_KEY: _inline, ...rest } = usable;
    expect(loadConfig('IAM', schema, { ...rest, IAM_SIGNING_KEY_FILE: file }).signingKey).toBe(
      'f'.repeat(32),
    );
    rmSync(directory, { recursive: true });
    expect(() => loadConfig('IAM', schema, { ...rest, IAM_SIGNING_KEY_FILE: file })).toThrow(
      `ENOENT: no such file or directory, open '${file}'`,
    );
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig('IAM', schema, { ...usable, IAM_POOL_MAX: '' }).poolMax).toBe(10);
    expect(problemsOf({ ...usable, IAM_SIGNING_KEY: '' })).toContain('IAM_SIGNING_KEY is not set');
  });

  it('lists every problem at once, each with its variable and purpose', () => {
    const lines = problemsOf({ IAM_PORT: 'http', IAM_POOL_MAX: '0', IAM_LOG_LEVEL: 'loud' }).split(
      '\n',
    );
    expect(lines[0]).toBe('The configuration is not usable:');
    expect(lines.slice(1).map((line) => line.split(' ')[3])).toEqual([
      'IAM_PORT',
      'IAM_LOG_LEVEL',
      'IAM_PUBLIC_URL',
      'IAM_DATABASE_URL',
      'IAM_SIGNING_KEY',
      'IAM_POOL_MAX',
    ]);
    expect(lines).toContain('  - IAM_DATABASE_URL is not set (Of the app role)');
    expect(lines).toContain('  - IAM_SIGNING_KEY is not set');
  });

  it('never echoes a value', () => {
    const message = problemsOf({
      IAM_PORT: 'hunter2',
      IAM_PUBLIC_URL: 'hunter2',
      IAM_DATABASE_URL: 'mysql://root:hunter2@db',
      IAM_SIGNING_KEY: 'hunter2',
      IAM_LOG_LEVEL: 'hunter2',
    });
    expect(message.split('\n')).toHaveLength(6);
    expect(message).not.toContain('hunter2');
  });
});
