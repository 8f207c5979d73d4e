import type { Provider } from '@maxai/contracts/schemas';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { CommandError } from '../../supervisor/command-error.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';

/** What has to outlive a seed that dies half-way: the key is told once, the secret is made once. */
export type DemoTenant = {
  readonly tenantId: string;
  readonly apiKey: string;
  readonly stripeWebhookSecret: string;
};

export type DemoConnection = {
  readonly provider: Provider;
  readonly id: string;
  /** What the provider signs its webhooks with; HighLevel's is the private key (PKCS 8, base64). */
  readonly signingSecret: string | null;
};

export type DemoState = DemoTenant & {
  readonly clientId: string;
  readonly subscriptionId: string;
  readonly connections: readonly DemoConnection[];
};

const tenantFile = 'demo-tenant.json';
const demoFile = 'demo.json';

function read(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function write(path: string, content: object): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

// Only the functions below write these two files.
export function readDemoTenant(state: StateFolder): DemoTenant | undefined {
  return read(state.file(tenantFile)) as DemoTenant | undefined;
}

export function writeDemoTenant(state: StateFolder, tenant: DemoTenant): void {
  write(state.file(tenantFile), tenant);
}

/** The demo agency, once its seed is complete. */
export function readDemoState(state: StateFolder): DemoState | undefined {
  return read(state.file(demoFile)) as DemoState | undefined;
}

export function writeDemoState(state: StateFolder, demo: DemoState): void {
  write(state.file(demoFile), demo);
}

export function requireDemoState(state: StateFolder): DemoState {
  const demo = readDemoState(state);
  if (demo !== undefined) return demo;
  throw new CommandError(
    `There is no demo agency in ${state.path}.`,
    'npm start, with the same MAXAI_STATE',
  );
}
