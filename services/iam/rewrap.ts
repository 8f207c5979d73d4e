import { readRewrapConfig } from './src/config.ts';
import { rewrapConnections } from './src/connection/rewrap-connections.ts';

const moved = await rewrapConnections(readRewrapConfig(process.env));
process.stdout.write(`iam: the keys of ${moved} connections are wrapped anew\n`);
