import { join } from 'node:path';

const stoppedBySigterm = 128 + 15;

// Next finishes what is under way on SIGTERM and then reports the signal; a stop that went well is no failure.
process.on('exit', (code) => {
  if (code === stoppedBySigterm) process.exitCode = 0;
});

await import(join(process.cwd(), 'server.js'));
