import { provisionDatabase } from '@maxai/runtime/database';
import { loadProvisionConfig } from './config.ts';

const config = loadProvisionConfig(process.env);
await provisionDatabase(config);
process.stdout.write(`${config.database}: ${config.schemas.length} schemas provisioned\n`);
