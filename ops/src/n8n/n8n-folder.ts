import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateFolder } from '../supervisor/state-folder.ts';

export type N8nFolder = {
  readonly path: string;
  /** What npm installed; kept when the data is reset. */
  readonly program: string;
  /** What n8n itself writes. */
  readonly home: string;
  /** Names what was published last. */
  readonly published: string;
  /** That it is there says that n8n is part of this platform. */
  readonly enabled: string;
};

export function n8nFolder(state: StateFolder): N8nFolder {
  const path = state.file('n8n');
  const [program, home] = [join(path, 'program'), join(path, 'home')];
  return {
    path,
    program,
    home,
    published: join(home, 'published'),
    enabled: join(home, 'enabled'),
  };
}

export function hasN8n(state: StateFolder): boolean {
  return existsSync(n8nFolder(state).enabled);
}

/** From now on. */
export function markN8n(state: StateFolder): void {
  const { home, enabled } = n8nFolder(state);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(enabled, '');
}
