/** GitHub's workflow syntax, as far as it is used here. */
export type Step = {
  readonly name: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
} & (
  | { readonly run: string }
  | {
      readonly uses: string;
      readonly with?: Readonly<Record<string, string | number | boolean>>;
    }
);

export type Job = {
  readonly name: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly 'runs-on': 'ubuntu-24.04';
  readonly 'timeout-minutes': number;
  readonly steps: readonly Step[];
};

export type Workflow = {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  /** Nothing unless a job asks for it. */
  readonly permissions: Readonly<Record<string, never>>;
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
};
