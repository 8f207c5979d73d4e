'use client';
import { useEffect, useState } from 'react';

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;
const refreshEveryMs = 10_000;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/** `3 minutes ago`; beyond a week the date. */
export function describeTime(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  if (Math.abs(seconds) > 7 * 86_400) return absolute.format(at);
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

/** A moment as people say it, with the exact time as its title. */
export function RelativeTime({ at }: { at: string }) {
  const date = new Date(at);
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), refreshEveryMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={absolute.format(date)} className="whitespace-nowrap text-muted">
      {describeTime(date, now)}
    </time>
  );
}

/** How long something took, in milliseconds, seconds or minutes. */
export function describeDuration(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
