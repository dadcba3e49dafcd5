// Who may import whom (CONTRIBUTING.md, "Imports"). Paths are those of the files imported, however the import is written.
// `$1` in a `to` is what the first group of its `from` has matched.

const specs = '\\.spec\\.ts$';
const product = { path: '^(apps|libs)/', pathNot: specs };
const common = (...folders) => `^libs/common/src/(${folders.join('|')})/`;

/** Files of one folder of libs/common may import these folders of it, Node's modules and packages, nothing else of ours. */
const layer = (folder, ...others) => ({
  name: `${folder}-imports-inward`,
  comment: `libs/common/src/${folder} imports only ${[folder, ...others].join(', ')}`,
  severity: 'error',
  from: { path: common(folder), pathNot: specs },
  to: { path: '^(apps|libs|test)/', pathNot: common(folder, ...others) },
});

/** A package that only one folder may import, so that what it can do happens in one place. */
const onlyIn = (folder, ...packages) => ({
  name: `${packages[0]}-only-in-${folder.split('/').at(-1)}`,
  comment: `${packages.join(', ')}: only in ${folder}`,
  severity: 'error',
  from: { ...product, pathNot: [specs, `^${folder}/`] },
  to: { path: `(^|/)node_modules/(@types/)?(${packages.join('|')})/` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-resolvable',
      comment: 'a rule cannot judge an import that leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'apps-import-no-apps',
      comment: 'apps share code through libs/common',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: [specs, '^apps/standalone/'] },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'standalone-imports-modules',
      comment: 'apps/standalone composes the other apps by their *.module.ts',
      severity: 'error',
      from: { path: '^apps/standalone/', pathNot: specs },
      to: { path: '^apps/', pathNot: ['^apps/standalone/', '\\.module\\.ts$'] },
    },
    {
      name: 'libs-import-no-apps',
      severity: 'error',
      from: { path: '^libs/', pathNot: specs },
      to: { path: '^apps/' },
    },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      from: product,
      to: { path: '^test/' },
    },
    {
      name: 'nothing-imports-a-spec',
      severity: 'error',
      from: {},
      to: { path: specs },
    },
    layer('domain'),
    {
      name: 'domain-is-pure',
      comment: 'libs/common/src/domain uses no package, only Node itself',
      severity: 'error',
      from: { path: common('domain'), pathNot: specs },
      to: { path: 'node_modules/' },
    },
    layer('contracts', 'domain'),
    {
      name: 'contracts-use-zod',
      comment: 'libs/common/src/contracts uses zod and no other package',
      severity: 'error',
      from: { path: common('contracts'), pathNot: specs },
      to: { path: 'node_modules/', pathNot: 'node_modules/zod/' },
    },
    layer('config', 'domain', 'contracts', 'egress'),
    layer('persistence', 'domain', 'contracts'),
    layer('broker', 'domain', 'contracts'),
    // Health indicators look at the broker and the database.
    layer('observability', 'domain', 'contracts', 'broker', 'persistence'),
    onlyIn('libs/common/src/broker', 'amqplib', 'amqp-connection-manager'),
    onlyIn('apps/scraper/src/fetch', 'axios'),
    onlyIn('apps/scraper/src/extract', 'cheerio', 'htmlparser2'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // a boundary holds for types, too
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
