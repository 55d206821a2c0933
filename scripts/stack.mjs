// npm run stack: tells where in the sources a stack of the built programs is, by the maps of the last build: build its commit first.
// It reads what a log, a report or --verbose says, from standard input.
import { readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { mapFile } from './bundles.mjs';
import { main } from './workplace/say.mjs';

const place = /\bdist[\\/]([\w\\/.-]{1,200}\.js):(\d{1,9}):(\d{1,9})/g;

/**
 * The text with places in sources for those in dist/; what has no map stays as it is.
 *
 * @param {string} told
 * @param {(file: string) => Promise<import('node:module').SourceMapPayload | undefined>} mapOf by the file, as `dist/cli.js`
 */
export async function toldBySources(told, mapOf) {
  const files = new Set([...told.matchAll(place)].map(([, file = '']) => file));
  /** @type {Map<string, SourceMap>} */
  const maps = new Map();
  for (const file of files) {
    const payload = await mapOf(`dist/${file.replaceAll('\\', '/')}`);
    if (payload) maps.set(file, new SourceMap(payload));
  }
  return told.replaceAll(place, (whole, file, line, column) => {
    const found = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!found || !('originalSource' in found)) return whole;
    const source = found.originalSource.replace(/^(?:\.\.\/)+/, '');
    return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const built = async (/** @type {string} */ file) =>
      JSON.parse(await readFile(mapFile(`${file}.map`), 'utf8').catch(() => 'null')) ?? undefined;
    process.stdout.write(await toldBySources(await text(process.stdin), built));
  });
}
