import type { Platform } from '../model/index.ts';
import type { RenderedCluster } from '../rendered-files.ts';

/** A line of the document as the platform would write it. */
export type Claim = {
  readonly section: string;
  readonly text: string;
  /** Who says so: `the model`, `production/gke`. */
  readonly said: string;
};

export type Facts = {
  readonly platform: Platform;
  readonly clusters: readonly RenderedCluster[];
  /** The gate of the unit tests, from `vitest.config.ts`. */
  readonly coveragePercent: number;
};

/** Claims of one section. */
export function claims(said: string, section: string, texts: readonly string[]): Claim[] {
  return texts.map((text) => ({ section, text, said }));
}

/** Hours, minutes or days as the document writes them: `24h`, `5m`. */
export function duration(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds / 60}m`;
}
