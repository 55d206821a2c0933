import { createRequire } from 'node:module';

/**
 * The cluster is a program of its own, and reads YAML as the product does: the reader is a file beside both. Whatever is bundled to
 * lie elsewhere has its own.
 *
 * @param {string} path from the file that imports it, as `./yaml.js`
 * @returns {import('esbuild').Plugin}
 */
export const sharedYaml = (path) => ({
  name: 'shared-yaml',
  setup(build) {
    if (build.initialOptions.outdir !== 'dist') return;
    build.onResolve({ filter: /^yaml$/ }, () => ({ path, external: true }));
  },
});

/**
 * The reader itself, as a module whose names can be imported.
 * @type {import('esbuild').Plugin}
 */
export const yamlModule = {
  name: 'yaml-module',
  setup(build) {
    build.onResolve({ filter: /^shared:yaml$/ }, () => ({ path: 'yaml', namespace: 'shared' }));
    build.onLoad({ filter: /.*/, namespace: 'shared' }, () => ({
      // Asked when it is built: who imports this may be about to install the library.
      contents: `export { ${Object.keys(createRequire(import.meta.url)('yaml')).join(', ')} } from 'yaml';`,
      resolveDir: import.meta.dirname,
    }));
  },
};
