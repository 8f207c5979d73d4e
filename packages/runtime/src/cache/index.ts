export { createListener, type Listener } from './announcements.ts';
export { createCache, type Cache } from './cache.ts';
