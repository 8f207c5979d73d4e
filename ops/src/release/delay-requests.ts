import { subscribe } from 'node:diagnostics_channel';

/** What this needs of the framework: a hook before each request. */
type Framework = {
  addHook: (
    name: 'onRequest',
    hook: (request: { url: string }, reply: unknown, done: () => void) => void,
  ) => void;
};

const operational = /^\/(?:health|livez|metrics)/;
const delayMs = 1500;

// Loaded before a service's own entry point, this makes a version of it that answers late.
subscribe('fastify.initialization', (message) => {
  // Fastify publishes its instance under this name.
  const { fastify } = message as { fastify: Framework };
  fastify.addHook('onRequest', ({ url }, _reply, done) => {
    if (operational.test(url)) done();
    else setTimeout(done, delayMs);
  });
});
