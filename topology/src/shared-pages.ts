import { environmentPrefix, type WebApp } from './model/index.ts';

/** Where a container finds the folder that all instances of its app see. */
export const pagesFolder = '/var/cache/pages';

/** The user of our images, who writes there. */
export const pagesOwner = 10_001;

/** What tells an app where it keeps its pages; nothing for one that keeps none. */
export function pagesVariables({ name, sharesPages }: WebApp): Record<string, string> {
  return sharesPages ? { [`${environmentPrefix(name)}_CACHE_FOLDER`]: pagesFolder } : {};
}
