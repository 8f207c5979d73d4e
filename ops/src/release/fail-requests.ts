import { subscribe } from 'node:diagnostics_channel';

/** What this needs of the framework: a hook before each request, and its answer. */
type Framework = {
  addHook: (
    name: 'onRequest',
    hook: (
      request: { url: string },
      reply: { code: (status: number) => { send: (body: string) => void } },
      done: () => void,
    ) => void,
  ) => void;
};

const operational = /^\/(?:health|livez|metrics)/;
let seen = 0;

// Loaded before a service's own entry point, this makes a version of it that fails every third request.
subscribe('fastify.initialization', (message) => {
  // Fastify publishes its instance under this name.
  const { fastify } = message as { fastify: Framework };
  fastify.addHook('onRequest', ({ url }, reply, done) => {
    if (operational.test(url)) return done();
    seen += 1;
    return seen % 3 === 0 ? reply.code(500).send('{"title":"broken on purpose"}') : done();
  });
});
