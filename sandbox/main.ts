import { readConfig } from './src/config.ts';
import { createSandbox } from './src/index.ts';

const sandbox = await createSandbox(readConfig(process.env));
process.stdout.write(`sandbox listens at ${sandbox.url}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    sandbox.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
