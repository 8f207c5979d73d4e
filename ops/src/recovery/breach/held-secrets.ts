import { readdirSync, readFileSync } from 'node:fs';
import { commandOf } from '../../supervisor/process-table.ts';
import type { SecretValues } from './rotation-environment.ts';

export type Holder = { readonly pid: number; readonly command: string; readonly secret: string };

/** What of a secret must be nowhere: of a private key only its private part, for the public one is no secret. */
function traces(value: string): readonly string[] {
  if (!value.startsWith('{')) return [value, encodeURIComponent(value)];
  const { d = '' } = JSON.parse(value) as { d?: string };
  return [d];
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Every process of this machine, other than this one, whose environment or command line holds one of the values. */
export function holdersOf(values: SecretValues): readonly Holder[] {
  const wanted = Object.entries(values).map(([secret, value]) => ({
    secret,
    texts: traces(value).filter((text) => text.length > 0),
  }));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const memory = `${readQuietly(`/proc/${name}/environ`)}\0${readQuietly(`/proc/${name}/cmdline`)}`;
      return wanted
        .filter(({ texts }) => texts.some((text) => memory.includes(text)))
        .map(({ secret }) => ({ pid: Number(name), command: commandOf(Number(name)), secret }));
    });
}
