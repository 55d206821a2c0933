// What is bundled, and how: shared by the build, the tests of the bundles and the bench.
import { readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leanPage } from './leanPage.mjs';
import { lightBuiltins } from './lightBuiltins.mjs';
import { oneChunkAtStart } from './oneChunkAtStart.mjs';
import { packedSchema } from './packedSchema.mjs';
import { sharedYaml, yamlModule } from './sharedYaml.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Where the source map of a file of dist/ lies: not beside it, where it would be packaged.
 * @param {string} map as esbuild calls it, `dist/cli.js.map`
 */
export const mapFile = (map) => join(root, 'out', 'maps', map);

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

// CommonJS libraries inside an ES module bundle still call require() for Node's own modules.
const requireForCommonJs =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/**
 * Of @kubernetes/client-node only the reading of kubeconfigs and their credentials is used; requests go through Node's own
 * https. Left out are the generated clients of all API groups, undici, which only those clients would be given, and a reader of YAML:
 * what it is given here is JSON.
 * @type {import('esbuild').Plugin}
 */
const leanKubernetesClient = {
  name: 'lean-kubernetes-client',
  setup(build) {
    const generated = join('@kubernetes', 'client-node', 'dist', 'gen') + sep;
    // Its files name each other in full.
    build.onResolve({ filter: /^\.{1,2}\/.*\.js$/ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path);
      return file.includes(generated) ? { path: file, sideEffects: false } : undefined;
    });
    build.onResolve({ filter: /^undici$/ }, (args) =>
      args.importer.includes(join('@kubernetes', 'client-node'))
        ? { path: args.path, namespace: 'left-out' }
        : undefined,
    );
    build.onResolve({ filter: /^js-yaml$/ }, (args) =>
      args.importer.includes(join('@kubernetes', 'client-node'))
        ? { path: args.path, namespace: 'as-json' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'as-json' }, () => ({
      contents: 'export const load = (text) => JSON.parse(text);',
    }));
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: `class LeftOut { constructor() { throw new Error('undici is not part of this bundle'); } }
        export { LeftOut as Agent, LeftOut as ProxyAgent, LeftOut as fetch };`,
    }));
  },
};

/**
 * Of the Model Context Protocol's server tools are offered, and nobody is asked: answers to forms alone would be checked against a
 * schema. Left out is what checks them, a whole validator with all that it needs, which is a third of the server.
 * @type {import('esbuild').Plugin}
 */
const leanToolServer = {
  name: 'lean-tool-server',
  setup(build) {
    build.onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({
      path: 'server-shims',
      namespace: 'without-validator',
    }));
    build.onLoad({ filter: /.*/, namespace: 'without-validator' }, () => ({
      contents: `import process from 'node:process';
        class LeftOut { getValidator() { throw new Error('the validator is not part of this bundle'); } }
        export { LeftOut as DefaultJsonSchemaValidator, process };`,
      resolveDir: root,
    }));
  },
};

/**
 * Of Compose's specification it is checked what a file may say, and nothing is told of its descriptions, which are half of it. A key
 * of that name that is one of a file's own is a schema, and no text.
 * @type {import('esbuild').Plugin}
 */
const leanComposeSpec = {
  name: 'lean-compose-spec',
  setup(build) {
    build.onLoad({ filter: /[\\/]environmentFile[\\/]composeSpec\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify(JSON.parse(await readFile(path, 'utf8')), (key, value) =>
        key === 'description' && typeof value === 'string' ? undefined : value,
      ),
      loader: 'json',
    }));
  },
};

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minify: true,
  // By them "npm run stack" tells where in the sources a stack is.
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
  legalComments: 'none',
  banner: { js: requireForCommonJs },
  define: { COPPICE_VERSION: JSON.stringify(version) },
  // Its other form asks for its own files by names that no bundler can follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // Of modules can be left out what nobody calls, of CommonJS nothing.
  mainFields: ['module', 'main'],
  outdir: 'dist',
};

/**
 * What the extension and the CLI load at their start, and what both do for a first look at a repository.
 * @type {import('./oneChunkAtStart.mjs').Programs}
 */
export const programs = {
  extension: 'src/extension.ts',
  other: 'src/cli.ts',
  terminal: 'src/cli/main.ts',
  looks: [
    'src/adapters/git/gitWorktrees.ts',
    'src/adapters/git/records/fileIdentities.ts',
    'src/adapters/git/locks/fileLocks.ts',
    'src/adapters/git/agents/agentJournals.ts',
    'src/adapters/environmentFile/hasEnvironmentFile.ts',
    'src/adapters/kubernetes/connection/fileClusterChoices.ts',
    'src/adapters/kubernetes/kubernetesCluster.ts',
    'src/adapters/kubernetes/telemetry/kubernetesUsages.ts',
    'src/adapters/embedded/embeddedClusterProgram.ts',
  ],
  alone: ['src/cli/main.ts', 'src/cli/terminal.ts', 'src/cli/noteAgent.ts'],
};

/**
 * @typedef {Omit<import('esbuild').BuildOptions, 'entryPoints'> & { entryPoints: Record<string, string>, metafile: true }} Bundle
 * @type {Readonly<Record<'product' | 'cluster' | 'yaml' | 'webview', Bundle>>}
 */
export const bundles = {
  // The extension and the CLI share their use cases and adapters; every SDK lands in a chunk that is loaded on first use.
  product: {
    ...shared,
    metafile: true,
    entryPoints: { extension: 'src/extension.ts', cli: 'src/cli.ts' },
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: ['vscode', 'pg-native'],
    plugins: [
      leanKubernetesClient,
      leanToolServer,
      leanComposeSpec,
      sharedYaml('../yaml.js'),
      lightBuiltins,
      oneChunkAtStart(programs),
    ],
  },
  cluster: {
    ...shared,
    metafile: true,
    entryPoints: { cluster: 'packages/cluster/src/main.ts', reaper: 'packages/cluster/src/process/reaper.ts' },
    plugins: [packedSchema, sharedYaml('./yaml.js'), lightBuiltins],
  },
  // Read by both programs. It stands alone, and both load it before they need it: an update of the extension takes it away.
  yaml: { ...shared, metafile: true, entryPoints: { yaml: 'shared:yaml' }, plugins: [yamlModule, lightBuiltins] },
  // The pages of the dashboard, of the overview and of logs: they run in the editor's webview. Their first line says when its script began, for the bench.
  webview: {
    absWorkingDir: root,
    metafile: true,
    entryPoints: {
      ...{ dashboard: 'webview/main.ts', style: 'webview/style.css' },
      ...{ overview: 'webview/overviewMain.ts', 'overview-style': 'webview/overview.css' },
      ...{ logs: 'webview/logsMain.ts', 'logs-style': 'webview/logs.css' },
    },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'chrome120',
    minify: true,
    logLevel: 'warning',
    legalComments: 'none',
    banner: { js: "performance.mark('coppice-first-script');" },
    plugins: [leanPage],
    outdir: 'dist/webview',
  },
};
