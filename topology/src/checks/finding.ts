import type { Platform } from '../model/index.ts';

/** One rule that does not hold: which declaration, why it matters, what to change. */
export type Finding = {
  readonly check: string;
  readonly declaration: string;
  readonly reason: string;
  readonly fix: string;
};

export type Check = (platform: Platform) => Finding[];
