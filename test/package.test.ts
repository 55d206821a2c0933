import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { PackageManager, listFiles } from '@vscode/vsce';
import type { Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { packagesOf } from '../scripts/closure.mjs';
import { writeNotices } from '../scripts/notices.mjs';
import manifest from '../package.json';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

/** All that is packaged besides bundles and charts. */
const named = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'media/activity-bar.svg',
  'media/icon.png',
  'media/icon.svg',
  'media/sample/README.md',
  'media/sample/api/greeting.js',
  'media/sample/api/server.js',
  'media/sample/coppice.yaml',
  'media/sample/package.json',
  'media/sample/web/server.js',
  'media/schemas/coppice.schema.json',
  'media/schemas/list-watch.schema.json',
  'media/walkthrough/1-environment-file.md',
  'media/walkthrough/2-create-worktree.md',
  'media/walkthrough/3-see-and-open.md',
  'media/walkthrough/4-agents.md',
  'media/walkthrough/5-cluster.md',
  'media/walkthrough/pictures/create-worktree.webp',
  'media/walkthrough/pictures/environment-file.webp',
  'media/walkthrough/pictures/worktrees.webp',
  'package.json',
  'package.nls.json',
];
/** Errors say their own, messages that of a type. */
const askingForNames = [
  'commander/lib/error.js',
  'oauth4webapi/build/index.js',
  'openid-client/build/index.js',
  'yaml/dist/stringify/stringify.js',
  'zod/v4/classic/schemas.js',
  'zod/v4/core/schemas.js',
  'zod/v4/core/util.js',
];
const chartFile =
  /^charts\/[a-z]+\/(Chart\.yaml|values\.yaml|values\.schema\.json|\.helmignore|templates\/[\w-]+\.(yaml|tpl)|dashboards\/\w+\.json)$/;

let files: string[];
let bundled: Metafile['outputs'];

beforeAll(async () => {
  if (!existsSync(join(root, 'dist', 'extension.js')))
    await run(process.execPath, ['scripts/build.mjs'], { cwd: root });
  await writeNotices();
  files = (await listFiles({ cwd: root, packageManager: PackageManager.None })).sort();
  const read = async (name: string): Promise<Metafile> =>
    JSON.parse(await readFile(join(root, 'out', 'meta', `${name}.json`), 'utf8'));
  const metafiles = await Promise.all(['product', 'cluster', 'yaml', 'webview'].map(read));
  bundled = Object.assign({}, ...metafiles.map(({ outputs }) => outputs));
});

describe('the package', () => {
  it('has the bundles, the charts and what is named here, and nothing else', () => {
    const inDist = files.filter((file) => file.startsWith('dist/'));
    const charts = files.filter((file) => file.startsWith('charts/'));
    expect(inDist).toEqual([...Object.keys(bundled), 'dist/ThirdPartyNotices.txt'].sort());
    expect(inDist).toEqual(
      expect.arrayContaining(['dist/extension.js', 'dist/cli.js', 'dist/cluster.js', 'dist/reaper.js']),
    );
    expect(inDist.filter((file) => file.startsWith('dist/webview/'))).toEqual([
      'dist/webview/dashboard.js',
      'dist/webview/logs-style.css',
      'dist/webview/logs.js',
      'dist/webview/overview-style.css',
      'dist/webview/overview.js',
      'dist/webview/style.css',
    ]);
    expect(charts.filter((file) => !chartFile.test(file))).toEqual([]);
    expect(charts).toEqual(
      expect.arrayContaining(['charts/worktree/Chart.yaml', 'charts/worktree/values.schema.json']),
    );
    expect(files.filter((file) => !inDist.includes(file) && !charts.includes(file))).toEqual(named);
  });

  it('is at most 1.5 MB, without what says where in it a file lies', async () => {
    const packed = await Promise.all(
      files.map(async (file) => deflateRawSync(await readFile(join(root, file))).length),
    );
    const kilobytes = packed.reduce((sum, bytes) => sum + bytes, 0) / 1024;
    expect(kilobytes).toBeGreaterThan(500);
    expect(kilobytes).toBeLessThanOrEqual(1536);
  });

  it("has a dashboard's page that is no larger than the first one was", async () => {
    const page = ['dashboard.js', 'style.css'].map((file) => join(root, 'dist', 'webview', file));
    const sizes = await Promise.all(page.map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(184_186);
  });

  it('has no sources, no source maps and no packages', () => {
    const unwanted = /\.map$|\.tsx?$|(^|\/)(src|test|scripts|out|node_modules)\//;
    expect(files.filter((file) => unwanted.test(file))).toEqual([]);
  });

  it('has the files that the manifest names', () => {
    const schemas = manifest.contributes.yamlValidation.map(({ url }) => url);
    for (const path of [manifest.main, manifest.bin.coppice, manifest.icon, ...schemas])
      expect(files).toContain(path.replace(/^\.\//, ''));
  });

  it('shortens names, of which nothing of others asks for one but to tell it to a person, or as the build knows', async () => {
    const inputs = new Set(Object.values(bundled).flatMap((output) => Object.keys(output.inputs)));
    const asking: string[] = [];
    for (const input of inputs) {
      if (!input.startsWith('node_modules/')) continue;
      if (/\bconstructor\??\.name\b/.test(await readFile(join(root, input), 'utf8'))) asking.push(input.slice(13));
    }
    expect(asking.sort()).toEqual(askingForNames);
  });

  it('imports of itself only what is in it', () => {
    const own = Object.entries(bundled).flatMap(([file, { imports }]) =>
      imports
        .filter(({ path, external }) => external && path.startsWith('.'))
        .map(({ path }) => join(file, '..', path)),
    );
    expect(own).toContain(join('dist', 'yaml.js'));
    expect(own.filter((file) => !(file.split(sep).join('/') in bundled))).toEqual([]);
  });

  it('imports node:http nowhere, which would load another client with it', () => {
    const imports = Object.values(bundled).flatMap((output) => output.imports);
    expect(imports.filter(({ path }) => path === 'node:https').length).toBeGreaterThan(1);
    expect(imports.filter(({ path, kind }) => /^(node:)?http$/.test(path) && kind !== 'require-call')).toEqual([]);
  });

  it('names every package of which it has code, with its licence', async () => {
    const notices = await readFile(join(root, 'dist', 'ThirdPartyNotices.txt'), 'utf8');
    const sections = notices.split(/^-{80}\n/m).slice(1);
    const packages = packagesOf({ inputs: {}, outputs: bundled }, Object.keys(bundled));
    expect(packages.size).toBeGreaterThan(10);
    packages.add('k8s.io/api and k8s.io/apimachinery');
    for (const name of packages) {
      // Packages with the same text have one section.
      const section = sections.find((text) => `\n\n${text}`.includes(`\n\n${name} `));
      expect(section, name).toMatch(/licen[cs]e|permission|redistribution/i);
      expect(section?.length, name).toBeGreaterThan(300);
    }
  });
});

describe('the command line program', () => {
  const program = join(root, manifest.bin.coppice);

  it('is a program of Node.js that can be executed', async () => {
    expect((await readFile(program, 'utf8')).startsWith('#!/usr/bin/env node\n')).toBe(true);
    if (process.platform !== 'win32') expect((await stat(program)).mode & 0o111).toBe(0o111);
  });

  it('says its version', async () => {
    const { stdout } = await run(process.execPath, [program, '--version']);
    expect(stdout.trim()).toBe(manifest.version);
  });
});
