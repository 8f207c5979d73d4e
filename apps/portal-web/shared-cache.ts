import { SharedCache } from '@maxai/ui/shared-cache';

/** Next.js makes one and says where the build lies. */
export default class PortalCache extends SharedCache {
  constructor({ serverDistDir = '.' }: { readonly serverDistDir?: string }) {
    super({ folder: process.env['PORTAL_WEB_CACHE_FOLDER'], serverDistDir });
  }
}
