import { defineConfig } from 'vitest/config';

/** Run by `maxai images test`, which builds the images and says where they and the engine are. */
export default defineConfig({
  test: {
    include: ['images/tests/**/*.image-test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
