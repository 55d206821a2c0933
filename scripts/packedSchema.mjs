import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/**
 * Kubernetes' schema, descriptions and all, is a quarter of the cluster's program, and the package is a zip, whose compression is
 * weaker than Brotli's on such a text: within it the schema takes a quarter less this way. It is read by JSON.parse, which takes
 * less time and memory than the same text as a program.
 * @type {import('esbuild').Plugin}
 */
export const packedSchema = {
  name: 'packed-schema',
  setup(build) {
    build.onLoad({ filter: /[\\/]schema[\\/]kubernetes\.json$/ }, async ({ path }) => ({
      contents: moduleOf(await readFile(path)),
      loader: 'js',
      resolveDir: dirname(path),
    }));
  },
};

/**
 * @param {Buffer} json an object whose keys are names of a program
 * @returns {string} a module that exports each of its keys, as a bundler has it of a file of JSON
 */
export function moduleOf(json) {
  const packed = brotliCompressSync(json, {
    params: {
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: json.length,
    },
  });
  return [
    "import { brotliDecompressSync } from 'node:zlib';",
    `const value = JSON.parse(brotliDecompressSync(Buffer.from('${packed.toString('base64')}', 'base64')).toString());`,
    ...Object.keys(JSON.parse(json.toString())).map((key) => `export const ${key} = value.${key};`),
  ].join('\n');
}
