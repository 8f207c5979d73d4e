import { runProcess } from '@maxai/runtime/lifecycle';
import { readConfig } from './config.ts';
import { createReceiver } from './create-receiver.ts';

await runProcess({
  name: 'trace-receiver',
  start: async () => {
    const { close } = await createReceiver(readConfig(process.env));
    return { beginDrain: () => undefined, close };
  },
});
