import { startFloorServer, type FloorOptions } from '../floor-server.ts';

// Only the stack starts this process, with options it has just written.
const { port } = await startFloorServer(JSON.parse(process.argv[2] ?? '{}') as FloorOptions);
process.send?.(port);
process.on('disconnect', () => process.exit(0));
