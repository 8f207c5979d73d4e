import { createApp, listen } from '@maxai/runtime/http';
import { runProcess } from '@maxai/runtime/lifecycle';
import { createLogger, createMetrics } from '@maxai/runtime/telemetry';

/** A service small enough to be released in seconds: it has what the judgement looks at, and answers its version. */
await runProcess({
  name: 'api-gateway',
  start: async () => {
    const version = String(process.env['API_GATEWAY_VERSION']);
    const logger = createLogger({ service: 'api-gateway', version, level: 'silent' });
    const app = await createApp({
      service: 'api-gateway',
      version,
      logger,
      metrics: createMetrics('api-gateway'),
      health: {},
    });
    app.get('/api/version', () => ({ version }));
    await listen(app, { host: '127.0.0.1', port: Number(process.env['API_GATEWAY_PORT']) });
    return { beginDrain: () => app.beginDrain(), close: () => app.close() };
  },
});
