import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { variableOf } from '../../src/core/settingVariable';
import { notReady, reportFailure } from '../../src/cli/terminal';
import type { ErrorCode } from '../../src/core/errorCode';
import { AppError } from '../../src/core/errors';
import { namesFromSlug, slugCandidates } from '../../src/core/naming';
import { defaultSettings } from '../../src/core/settings';

const root = join(import.meta.dirname, '..', '..');
const guide = readdirSync(join(root, 'docs', 'guide')).map((name) => `docs/guide/${name}`);
const pages = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'AGENTS.md', 'packages/cluster/README.md'],
  ...['docs/recipes.md', 'docs/infra.md', 'docs/verified.md', 'docs/coppice-yaml.md', 'docs/walks.md', ...guide],
];
const text = (page: string): string => readFileSync(join(root, page), 'utf8');
const readme = text('README.md');

/** A number with what is measured: time, size, or how much better. */
const measured =
  /(?<!\w)\d[\d.,]*\s?(?:ms|s|sec|seconds?|minutes?|KB|MB|GB|KiB|MiB|GiB|%|x faster|times faster)(?![\w-])/g;

afterEach(() => vi.restoreAllMocks());

describe('the pages', () => {
  it.each(pages)(
    '%s states no figure that somebody measured: "npm run bench" tells those of the machine it runs on',
    (page) => {
      const prose = text(page).replace(/^```[^]*?^```/gm, '');
      expect(prose.match(measured) ?? []).toEqual([]);
    },
  );

  it.each(pages)('%s links only to what is there', (page) => {
    const links = [...text(page).matchAll(/\]\(([^)#\s]+)\)/g)].map(([, target = '']) => target);
    const own = links.filter((target) => !/^https?:/.test(target));
    expect(own.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });
});

describe('the README and the guide', () => {
  const said = Object.entries(JSON.parse(text('package.nls.json')) as Record<string, string | { message: string }>);
  const titles = new Set(
    said.flatMap(([key, of]) => (/^command\..*\.title$/.test(key) ? [typeof of === 'string' ? of : of.message] : [])),
  );
  const settings = new Set(Object.keys(defaultSettings).map((name) => `coppice.${name}`));

  it.each(['README.md', 'docs/walks.md', ...guide])(
    '%s names commands and settings of the editor as they are called',
    (page) => {
      const bold = [...text(page).matchAll(/\*\*([A-Z][^*]*)\*\*/g)].map(([, name = '']) => name);
      // What begins a paragraph ends like a sentence; VS Code has commands of its own.
      const commands = bold
        .filter((name) => !/[.?]$|^Extensions: /.test(name))
        .map((name) => name.replace('Coppice: ', ''));
      expect(commands.filter((name) => !titles.has(name))).toEqual([]);
      const named = [...text(page).matchAll(/`(coppice\.[a-z]\w*\.\w+)`/g)].map(([, name = '']) => name);
      expect(named.filter((name) => !settings.has(name))).toEqual([]);
      expect(commands.length + named.length).toBeGreaterThan(0);
    },
  );

  it.each(['README.md', ...guide])('%s leads to headings that are there', (page) => {
    const links = [...text(page).matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g)];
    const slugs = (target: string): readonly string[] =>
      [...text(target).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
    const lost = links.filter(
      ([, target = '', anchor = '']) => !slugs(target === '' ? page : join(dirname(page), target)).includes(anchor),
    );
    expect(lost.map(([link]) => link)).toEqual([]);
  });
});

describe('the pages for who works on Coppice', () => {
  /** What code marks may mean by a path: of the repository, of src, or of a package's sources. */
  const places = ['', 'src', 'docs', join('packages', 'cluster', 'src'), join('test', 'support')];

  it.each([
    'ARCHITECTURE.md',
    'AGENTS.md',
    'CONTRIBUTING.md',
    'docs/recipes.md',
    'docs/infra.md',
    'packages/cluster/README.md',
  ])('%s names only files and folders that are there', (page) => {
    const prose = text(page).replace(/^```[^]*?^```/gm, '');
    const marked = [...prose.matchAll(/`([\w@.-]+(?:\/[\w@.-]+)+)`/g)].map(([, path = '']) => path);
    const own = marked.filter((path) => !/^(?:@|node_modules|dist|out|coppice\.dev)|\/v\d$/.test(path));
    expect(own.length).toBeGreaterThan(0);
    const isThere = (path: string): boolean =>
      [...places, dirname(page)].some((place) =>
        ['', '.ts'].some((ending) => existsSync(join(root, place, `${path}${ending}`))),
      );
    expect(own.filter((path) => !isThere(path))).toEqual([]);
  });

  it('are short where they are to be read whole', () => {
    const lines = text('ARCHITECTURE.md').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(95);
    expect(lines.filter((line) => line.length > 200)).toEqual([]);
  });

  it('have a recipe for each thing that is added often', () => {
    const recipes = [...text('docs/recipes.md').matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    expect(recipes).toEqual([
      'A command of the editor',
      'A use case',
      'A setting',
      'A part of an environment',
      'An adapter of an outside system',
      'A kind of cluster',
      'A tool that `uses` can name',
      'A tool that migrates',
      'An agent',
    ]);
  });
});

describe('the README', () => {
  it('derives the names of its example as the product does', () => {
    const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');
    const slug = slugCandidates('0123456789ab', 'refs/heads/earl/FIB-123-new-feature', sha256).next().value;
    const { namespace, database } = namesFromSlug(slug);
    const url = `http://${slug}.localhost:${defaultSettings['gateway.port']}`;
    for (const name of [`<repository>.worktrees/${slug}`, namespace, database, url])
      expect(readme).toContain(`\`${name}\``);
  });

  it('is short, and leads to each page of the guide', () => {
    expect(readme.split(/\s+/).length).toBeLessThanOrEqual(1_500);
    expect(guide.filter((page) => !readme.includes(`](${page})`))).toEqual([]);
    expect(guide.length).toBeGreaterThan(4);
  });

  it('says of no version that it has run which no test has recorded', () => {
    const rows = JSON.parse(text('docs/verified.json')) as { tool: string; version: string }[];
    const has = (tool: string, minor: string): boolean =>
      rows.some((row) => row.tool === tool && row.version.startsWith(`${minor}.`));
    const [sentence = ''] = /kubectl 1\.\d+ to [^;]*? have run against it\./.exec(readme.replace(/\s+/g, ' ')) ?? [];
    const [, first, last] = /^kubectl 1\.(\d+) to 1\.(\d+) and Helm /.exec(sentence) ?? [];
    const kubectl = Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, index) => `1.${Number(first) + index}`,
    );
    const helm = sentence.split(' Helm ')[1]?.match(/\d+\.\d+/g) ?? [];
    expect(kubectl.length).toBeGreaterThan(1);
    expect(helm.length).toBeGreaterThan(1);
    expect(kubectl.filter((minor) => !has('kubectl', minor))).toEqual([]);
    expect(helm.filter((minor) => !has('Helm', minor))).toEqual([]);
  });
});

describe('the page of commands', () => {
  const commandLine = text('docs/guide/command-line.md');

  it('tells the exit codes that there are', () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const words: Readonly<Record<ErrorCode, string>> = {
      failed: 'failed',
      invalidInput: 'bad input',
      notConfigured: 'not configured',
      missingTool: 'a tool is missing',
      unreachable: 'unreachable',
      timeout: 'timeout',
      denied: 'denied',
      notFound: 'not found',
      conflict: 'conflict',
      unapproved: 'commands that nobody approved',
      bug: 'a bug of ours',
    };
    const sentence = /Exit codes: [^]*?\./.exec(commandLine)?.[0].replace(/\s+/g, ' ');
    for (const [code, word] of Object.entries(words) as [ErrorCode, string][]) {
      const exitCode = reportFailure(new AppError(code, 'x'), { json: false, verbose: false });
      expect(sentence).toContain(`${exitCode} ${word}`);
    }
    expect(sentence).toContain(`${notReady} made but a service is not ready`);
  });

  it('names the variable of a setting as it is read', () => {
    expect(commandLine).toContain(`\`coppice.create.readyTimeout\` is \`${variableOf('create.readyTimeout')}\``);
  });
});
