export { createListener, type Listener } from './announcements.ts';
export { available, createCache, type Cache } from './cache.ts';
