import type { MixedWebhook } from './provider-mix.ts';
import type { Posting } from './posting.ts';

/** Sends the webhooks of a mix by their number. */
export function webhookSender(
  posting: Posting,
  mix: (index: number) => MixedWebhook,
): (index: number) => Promise<string> {
  return (index) => {
    const webhook = mix(index);
    const { path, body } = webhook;
    return posting.ask({ method: 'POST', path, headers: webhook.headers(Date.now()), body }, 200);
  };
}
