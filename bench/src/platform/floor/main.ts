import { startBareServer } from '../bare-server.ts';

const { port } = await startBareServer();
process.send?.(port);
process.on('disconnect', () => process.exit(0));
