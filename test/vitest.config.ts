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
  },
});
