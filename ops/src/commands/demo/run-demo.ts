import type { AnswerOf } from '@maxai/api-client';
import { followStory, type StoryContext } from './follow-story.ts';
import { awaitHop } from './hop.ts';
import { demoStories } from './stories.ts';

type Total = AnswerOf<'getUsageSummary'>['items'][number];

function quantityOf(totals: readonly Total[], meter: string): number {
  return totals
    .filter((total) => total.meter === meter)
    .reduce((sum, total) => sum + total.quantity, 0);
}

async function totalsOf({ api, demo }: StoryContext): Promise<readonly Total[]> {
  const { items } = await api.call('getUsageSummary', { query: { clientId: demo.clientId } });
  return items;
}

/** Every story in order, then what they add up to. Throws `MissingHop` at the first hop that is missing. */
export async function runDemo(ctx: StoryContext, runId: string): Promise<void> {
  const before = await totalsOf(ctx);
  const used = new Map<string, number>();
  for (const story of demoStories(runId)) {
    for (const { meter, quantity } of await followStory(ctx, story)) {
      used.set(meter, (used.get(meter) ?? 0) + quantity);
    }
  }
  const story = 'All together';
  for (const [meter, quantity] of used) {
    const at = { story, hop: `rollup ${meter}`, limitMs: ctx.limitMs };
    const now = await awaitHop(at, async () => {
      const totals = await totalsOf(ctx);
      return quantityOf(totals, meter) - quantityOf(before, meter) >= quantity ? totals : undefined;
    });
    const days = now.filter((total) => total.meter === meter).map(({ day }) => day);
    const detail = `+${quantity}, ${quantityOf(now, meter)} in all`;
    ctx.tell({ story, hop: at.hop, id: days.toSorted().at(-1) ?? '', detail });
  }
  const { subscriptionId } = ctx.demo;
  const preview = await ctx.api.call('previewInvoice', { params: { subscriptionId } });
  const { total, vendorCost, margin, lines } = preview;
  const detail = `${total.amount} ${total.currency} (${lines.length} lines, vendors ${vendorCost.amount}, margin ${margin.amount})`;
  ctx.tell({ story, hop: 'invoice preview', id: subscriptionId, detail });
}
