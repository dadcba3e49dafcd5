import { defineConfig } from 'vitest/config';

// `#common/*` must resolve to the TypeScript sources: without the "source" condition specs would silently test a stale dist.
const conditions = ['source', 'module', 'node', 'development|production'];

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  ssr: { resolve: { conditions, externalConditions: ['node'] } },
  test: {
    include: ['{apps,libs,test}/**/*.spec.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['reflect-metadata'],
    // Tests that start real services take seconds; a hang must still end the run.
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
