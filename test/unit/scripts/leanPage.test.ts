import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundles, root } from '../../../scripts/bundles.mjs';
import { leanPlot, leanToolkit } from '../../../scripts/leanPage.mjs';

const pure = /\/\* @__PURE__ \*\/ /g;

/** Without what the change may add and take away. */
const core = (source: string): string => source.replace(pure, '').replace(/\s+/g, ' ');

async function toolkitModules(): Promise<string[]> {
  const { metafile } = await build({ ...bundles.webview, entryPoints: { page: 'webview/main.ts' }, write: false });
  const files = Object.keys(metafile.inputs).filter((file) => /@microsoft\/fast-|webview-ui-toolkit/.test(file));
  return Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
}

describe('the toolkit', () => {
  it('is changed in nothing but indentation, what calls do, and an enumeration that nobody reads', async () => {
    const modules = await toolkitModules();
    expect(modules.length).toBeGreaterThan(50);
    const other = modules.filter((source) => core(leanToolkit(source)) !== core(source));
    expect(other).toEqual([expect.stringContaining('export var KeyCodes;\n(function (KeyCodes) {')]);
  });

  it('calls at the beginning of its modules what only makes a value: each of them was read', async () => {
    const calls = new Set<string>();
    for (const source of await toolkitModules())
      for (const [, callee = ''] of leanToolkit(source).matchAll(/ = \/\* @__PURE__ \*\/ ([\w.]+)\(/g))
        calls.add(callee);
    const composed = [...calls].filter((callee) => callee.endsWith('.compose'));
    expect(composed).toContain('Button.compose');
    expect([...calls].filter((callee) => !composed.includes(callee)).sort()).toEqual([
      'DI.createInterface',
      'FAST.getById',
      'MatchMediaStyleSheetBehavior.with',
      'Object.assign',
      'Object.freeze',
      'Object.seal',
      'Symbol',
      'canUseFocusVisible',
      'create',
      'createAllResolver',
      'createResolver',
      'document.createElement',
      'document.createRange',
    ]);
  });

  it('has an enumeration left out, and what comes after it not', () => {
    const source =
      'export var KeyCodes;\n(function (KeyCodes) {\n    KeyCodes[KeyCodes["tab"] = 9] = "tab";\n})(KeyCodes || (KeyCodes = {}));\nexport const keyTab = "Tab";\n';
    expect(leanToolkit(source)).toBe('export const keyTab = "Tab";\n');
  });
});

describe('the plot', () => {
  it('draws lines alone, and is as it was else', async () => {
    const source = await readFile(join(root, 'node_modules', 'uplot', 'dist', 'uPlot.esm.js'), 'utf8');
    const lean = leanPlot(source);
    expect(lean).toContain('(paths.linear  = linear);');
    const left = lean.split('\n').map((line) => line.trim());
    const taken = source.split('\n').filter((line) => !left.includes(line.trim()));
    expect(taken.map((line) => line.trim())).toHaveLength(4);
  });

  it('is refused when it is another', () => {
    expect(() => leanPlot('export {}')).toThrow('uPlot has no "uPlot.join = join;" any more');
  });
});
