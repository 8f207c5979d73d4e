import { Redis } from 'ioredis';
import { transportOf } from '../redis-transport.ts';

export type Listener = {
  /** Whether every announcement made now is heard; false before the first connection and while Redis is away. */
  listening(): boolean;
  close(): void;
};

/**
 * Hears what is announced on one channel. Announcements are not kept: `resumed` is called whenever listening
 * (re)starts, and what was said before is lost to this listener.
 */
export function createListener(options: {
  readonly url: string;
  readonly channel: string;
  readonly heard: (message: string) => void;
  readonly resumed: () => void;
}): Listener {
  const redis = new Redis(options.url, {
    ...transportOf(options.url),
    autoResubscribe: false,
    maxRetriesPerRequest: null,
    connectTimeout: 2000,
    retryStrategy: (attempt) => Math.min(attempt * 50, 1000),
  });
  let listening = false;
  redis.on('error', () => {
    // `listening` says what matters; without a listener ioredis prints each reconnect.
  });
  redis.on('close', () => {
    listening = false;
  });
  redis.on('message', (_channel, message) => options.heard(message));
  redis.on('ready', () => {
    const subscribed = () => {
      listening = true;
      options.resumed();
    };
    // A connection lost on the way comes back as another 'ready'.
    redis.subscribe(options.channel).then(subscribed, () => undefined);
  });
  return {
    listening: () => listening,
    close: () => redis.disconnect(),
  };
}
