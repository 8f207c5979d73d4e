import { classNames } from './class-names.ts';

const tones = {
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  accent: 'bg-accent-soft text-accent',
  plain: 'bg-raised text-muted',
} as const;
type Tone = keyof typeof tones;

const toneOfStatus: Readonly<Record<string, Tone>> = {
  succeeded: 'good',
  done: 'good',
  active: 'good',
  ok: 'good',
  settled: 'good',
  production: 'good',
  running: 'accent',
  attempting: 'accent',
  queued: 'warn',
  draining: 'warn',
  failed: 'bad',
  failing: 'bad',
  unreachable: 'bad',
  revoked: 'bad',
  disabled: 'bad',
};

/** A state as a word with a colour; the word alone carries the meaning. */
export function StatusPill({ status }: { status: string }) {
  const tone = toneOfStatus[status] ?? 'plain';
  return (
    <span
      className={classNames(
        'inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap',
        tones[tone],
      )}
    >
      <span aria-hidden className="size-1.5 rounded-full bg-current" />
      {status}
    </span>
  );
}

/** A short label without a state: a type, a role, a provider. */
export function Tag({ children }: { children: string }) {
  return (
    <span className="inline-flex items-center rounded border border-line bg-raised px-1.5 py-px text-xs font-medium whitespace-nowrap text-muted">
      {children}
    </span>
  );
}
