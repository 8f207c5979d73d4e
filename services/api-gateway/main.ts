import { runProcess } from '@maxai/runtime/lifecycle';
import { createApiGateway, readConfig } from './src/index.ts';

await runProcess({ name: 'api-gateway', start: () => createApiGateway(readConfig(process.env)) });
