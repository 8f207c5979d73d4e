export type CheckList = {
  /** Runs one check and prints its outcome; a check that throws has failed and the next one still runs. */
  readonly check: (name: string, run: () => Promise<unknown>) => Promise<void>;
  /** Prints the totals. Returns the exit code. */
  readonly finish: () => number;
};

/** `onFailure` keeps evidence of what was on the screen and says where it is. */
export function createCheckList(options: {
  readonly print: (line: string) => void;
  readonly onFailure: (name: string) => Promise<string>;
}): CheckList {
  const { print, onFailure } = options;
  let passed = 0;
  let failed = 0;
  return {
    async check(name, run) {
      try {
        await run();
        passed += 1;
        print(`ok      ${name}`);
      } catch (error) {
        failed += 1;
        const [reason = ''] = String(error).split('\nCall log');
        const evidence = await onFailure(name).catch((lost: unknown) => String(lost));
        print(`FAILED  ${name}\n        ${reason.trim()}\n        ${evidence}`);
      }
    },
    finish() {
      print(`${passed} passed, ${failed} failed`);
      return failed === 0 ? 0 : 1;
    },
  };
}

/** The name of a check as a file name. */
export function fileNameOf(check: string): string {
  return `${check.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.png`;
}
