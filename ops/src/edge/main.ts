import { listen } from '@maxai/runtime/http';
import { runProcess } from '@maxai/runtime/lifecycle';
import { createLogger, createMetrics } from '@maxai/runtime/telemetry';
import { loadEdgeConfig } from './config.ts';
import { createEdge } from './create-edge.ts';

await runProcess({
  name: 'edge',
  start: async () => {
    const config = loadEdgeConfig(process.env);
    const { version, logLevel } = config;
    const logger = createLogger({ service: 'edge', version, level: logLevel });
    const app = await createEdge(config, { logger, metrics: createMetrics('edge') });
    const address = await listen(app, config);
    logger.info({ address }, 'Edge is listening');
    return { beginDrain: () => app.beginDrain(), close: () => app.close() };
  },
});
