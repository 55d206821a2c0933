import { readFile } from 'node:fs/promises';

/**
 * Of the dashboard's libraries it is left out what nobody calls. The packages say that their modules do nothing by themselves, and
 * within a module each value that is made by a call stays all the same: a bundler cannot know of a call what it does. So each call
 * at a module's beginning is told to do nothing else. Their styles and templates have the indentation of their source.
 * @type {import('esbuild').Plugin}
 */
export const leanPage = {
  name: 'lean-page',
  setup(build) {
    build.onLoad(
      { filter: /[\\/]node_modules[\\/](@microsoft[\\/]fast-|@vscode[\\/]webview-ui-toolkit[\\/]).*\.js$/ },
      ({ path }) => changed(path, leanToolkit),
    );
    build.onLoad({ filter: /[\\/]uplot[\\/]dist[\\/]uPlot\.esm\.js$/ }, ({ path }) => changed(path, leanPlot));
  },
};

/**
 * @param {string} path
 * @param {(source: string) => string} change
 */
async function changed(path, change) {
  return { contents: change(await readFile(path, 'utf8')), loader: /** @type {const} */ ('js') };
}

/**
 * @param {string} source a module of the toolkit, or of what it is made of
 * @returns {string}
 */
export function leanToolkit(source) {
  return source
    .replace(/^(?:export )?const \w+ = (?=[\w.]+\()/gm, '$&/* @__PURE__ */ ')
    .replace(/\n[ \t]+/g, '\n')
    .replace(
      /^export var KeyCodes;\n\(function \(KeyCodes\) \{\n[^}]*\}\)\(KeyCodes \|\| \(KeyCodes = \{\}\)\);\n/m,
      '',
    );
}

/** What it makes public at its end, for those who draw otherwise. */
const unusedOfPlot = [
  'uPlot.join = join;',
  '(paths.stepped = stepped);',
  '(paths.bars    = bars);',
  '(paths.spline  = monotoneCubic);',
];

/**
 * @param {string} source uPlot's module
 * @returns {string} it draws straight lines, and nothing else
 * @throws when it is not the module that is known here
 */
export function leanPlot(source) {
  return unusedOfPlot.reduce((text, line) => {
    if (!text.includes(line)) throw new Error(`uPlot has no "${line}" any more`);
    return text.replace(line, '');
  }, source);
}
