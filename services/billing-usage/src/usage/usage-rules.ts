import { AppError } from '@maxai/kernel/errors';

const dayMs = 86_400_000;
const summaryDaysDefault = 31;
const summaryDaysMax = 92;

type Period = { readonly from?: string; readonly to?: string };

/** The first instant of the UTC day of `atMs`. */
function startOfDay(atMs: number): number {
  return atMs - (((atMs % dayMs) + dayMs) % dayMs);
}

/**
 * The whole UTC days a summary covers, `to` excluded: without `to` up to today, without `from` the last 31. Throws
 * `invalid_request` for more than 92.
 */
export function summaryDays({ from, to }: Period, now: Date) {
  const end = startOfDay(to === undefined ? now.getTime() + dayMs : Date.parse(to));
  const start =
    from === undefined ? end - summaryDaysDefault * dayMs : startOfDay(Date.parse(from));
  const days = (end - start) / dayMs;
  if (days > summaryDaysMax) {
    throw new AppError('invalid_request', {
      detail: `a summary covers ${summaryDaysMax} days at most, not ${days}: ask for shorter periods, one after the other`,
    });
  }
  return { from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}
