import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundles, programs } from '../../scripts/bundles.mjs';
import { closureOf, packagesOf } from '../../scripts/closure.mjs';

/** What the adapters need, each on its first use. */
const late = ['@cfworker/json-schema', '@kubernetes/client-node', 'simple-git', 'pg', 'yaml'];

describe('what the extension loads when it is activated', () => {
  let metafile: Parameters<typeof closureOf>[0];

  beforeAll(async () => {
    ({ metafile } = await build({ ...bundles.product, sourcemap: false, write: false }));
  });

  it('is its own code and nothing else', () => {
    const files = closureOf(metafile, 'src/extension.ts', 'static');
    expect(files).toContain('dist/extension.js');
    expect([...packagesOf(metafile, files)]).toEqual([]);
  });

  it('is not what it loads on first use', () => {
    expect([...packagesOf(metafile, closureOf(metafile, 'src/extension.ts', 'all'))]).toEqual(
      expect.arrayContaining(late),
    );
  });

  it('is not the dashboard, which is loaded when one is opened', () => {
    const inputs = (kind: 'static' | 'all') =>
      closureOf(metafile, 'src/extension.ts', kind).flatMap((file) =>
        Object.keys(metafile.outputs[file]?.inputs ?? {}),
      );
    expect(inputs('all')).toContain('src/ui/dashboard/dashboards.ts');
    expect(inputs('static').filter((file) => /^(src\/ui\/dashboard|webview)\//.test(file))).toEqual([]);
  });

  it('is not what commands do, nor what is done with a service: a window may never be asked for either', () => {
    const inputs = closureOf(metafile, 'src/extension.ts', 'static').flatMap((file) =>
      Object.keys(metafile.outputs[file]?.inputs ?? {}),
    );
    expect(inputs.filter((file) => file.startsWith('src/ui/commands/'))).toEqual([
      'src/ui/commands/registerCommands.ts',
    ]);
    expect(inputs).not.toContain('src/app/services/restartService.ts');
  });

  it("makes nothing of the language's own tables, each of which takes milliseconds", async () => {
    const sources = closureOf(metafile, 'src/extension.ts', 'static').flatMap((file) =>
      Object.keys(metafile.outputs[file]?.inputs ?? {}).filter((source) => !source.startsWith('light-builtins:')),
    );
    const made = await Promise.all(
      sources.map(async (source) => {
        // What stands at a line's begin runs when the file is loaded.
        const lines = (await readFile(source, 'utf8')).match(/^(?:export )?(?:const|let) .*new Intl\..*$/gm) ?? [];
        return lines.map((line) => `${source}: ${line}`);
      }),
    );
    expect(sources.length).toBeGreaterThan(100);
    expect(made.flat()).toEqual([]);
  });

  it('is at most three files: each costs a start, however short it is', () => {
    expect(closureOf(metafile, 'src/extension.ts', 'static').length).toBeLessThanOrEqual(3);
    // Of which none but the program's own has anything that the program in a terminal cannot load.
    const [entry = '', ...ofCli] = closureOf(metafile, 'src/cli.ts', 'all');
    expect(entry).toBe('dist/cli.js');
    for (const file of ofCli) expect(metafile.outputs[file]?.imports.map(({ path }) => path)).not.toContain('vscode');
  });

  it('is not what speaks to agents, which "coppice mcp" alone loads', () => {
    const has = (entry: string): boolean =>
      packagesOf(metafile, closureOf(metafile, entry, 'static')).has('@modelcontextprotocol/server');
    const entries = Object.values(metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
    expect(entries.length).toBeGreaterThan(20);
    expect(entries.filter(has)).toEqual(['src/adapters/mcp/stdioToolServer.ts']);
  });

  it('is no library where a kubeconfig says itself who asks: a request is there sooner than it', () => {
    const all = [...packagesOf(metafile, closureOf(metafile, 'src/adapters/kubernetes/kubernetesCluster.ts', 'all'))];
    expect(all).toEqual(expect.arrayContaining(['@kubernetes/client-node', 'yaml']));
    for (const adapter of ['kubernetesCluster', 'telemetry/kubernetesUsages', 'kubernetesInfra']) {
      const packages = packagesOf(metafile, closureOf(metafile, `src/adapters/kubernetes/${adapter}.ts`, 'static'));
      for (const library of ['@kubernetes/client-node', 'yaml']) expect([...packages]).not.toContain(library);
    }
  });

  it('shows environments by itself: what makes and removes them is loaded when that is asked for', () => {
    const later = metafile.inputs['src/wiring/wireSnapshots.ts']?.imports.filter(
      ({ kind }) => kind === 'dynamic-import',
    );
    expect(later?.length).toBeGreaterThan(1);
    for (const { path } of later ?? []) expect(path).toMatch(/^src\/adapters\//);
  });

  it('is followed by few files at the first look at a repository, and by as few in a terminal', () => {
    const { looks, terminal } = programs;
    const loaded = (entries: readonly string[]) =>
      new Set(entries.flatMap((entry) => closureOf(metafile, entry, 'static')));
    // One for each that is named by itself, and what they share.
    const atLook = loaded([...looks, 'src/extension.ts']);
    expect(looks.length).toBeGreaterThan(5);
    expect(atLook.size).toBeLessThanOrEqual(looks.length + 8);
    expect(loaded([...looks, terminal, 'src/cli.ts']).size).toBeLessThanOrEqual(looks.length + 13);
    // What is loaded without a look at a repository has nothing of one, and neither has a terminal's start.
    const sources = (entries: readonly string[]) =>
      [...loaded(entries)].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}));
    expect(sources(looks)).toContain('src/adapters/git/program/git.ts');
    for (const entry of ['src/extension.ts', terminal, 'src/cli/noteAgent.ts'])
      expect(sources([entry])).not.toContain('src/adapters/git/program/git.ts');
  });

  it('is at most 150 KB', () => {
    const files = closureOf(metafile, 'src/extension.ts', 'static');
    const bytes = files.reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(150 * 1024);
  });
});
