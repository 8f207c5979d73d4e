import type { Context } from '../context.ts';

export type Sweeper = { stop(): Promise<void> };

/** Sweeps every `sweepIntervalMs` until stopped; a sweep that fails is logged and tried again. */
export function startSweeper(ctx: Context): Sweeper {
  let underWay: Promise<void> = Promise.resolve();
  const sweep = async () => {
    try {
      const count = await ctx.enqueuer.sweep(ctx.config);
      if (count > 0) ctx.logger.info({ count }, 'Queued deliveries that were stranded');
    } catch (error) {
      ctx.logger.warn({ err: error }, 'Sweep failed');
    }
  };
  const timer = setInterval(() => {
    underWay = underWay.then(sweep);
  }, ctx.config.sweepIntervalMs);
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
