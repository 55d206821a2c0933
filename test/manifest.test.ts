import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trashFolder } from '../src/adapters/git/trash/trashEntry';
import { actionOrder } from '../src/core/services/actionOrder';
import { environmentFileName } from '../src/core/environmentFile';
import { defaultSettings } from '../src/core/settings';
import { commandHandlers } from '../src/ui/commands/commandHandlers';
import { commandIds } from '../src/ui/context/commandId';
import { dashboardViewType, logsViewType, overviewViewType } from '../src/ui/window/pages';
import { contextKeys } from '../src/ui/window/viewState';
import packageJson from '../package.json';
import texts from '../package.nls.json';
import { manifestFiles } from '../scripts/manifest.mjs';
import { aSnapshot } from './unit/ui/builders';

const root = join(import.meta.dirname, '..');
/** As VS Code shows it to a person whose language has no texts of its own. */
const manifest = localized(packageJson, texts);
const { contributes } = manifest;
const menuItems = Object.values(contributes.menus).flat();
const welcomeTexts = contributes.viewsWelcome.map(({ contents }) => contents);
const walkthroughTexts = contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description));

/** Every `when` clause of the manifest. */
const conditions = [
  ...menuItems.map((item) => ('when' in item ? item.when : '')),
  ...contributes.viewsWelcome.map(({ when }) => when),
  ...contributes.walkthroughs.flatMap(({ steps }) =>
    steps.flatMap(({ completionEvents }) => completionEvents.map((event) => event.replace(/^onContext:/, ''))),
  ),
];

it('keeps what deletes have kept out of what the editor watches', () => {
  const [pattern] = Object.keys(contributes.configurationDefaults['files.watcherExclude']);
  expect(pattern).toBe(`**/.git/${basename(trashFolder({ commonDir: '.git' }))}/**`);
});

/** VS Code puts the text in the place of each value that is nothing but `%key%`. */
function localized<T>(value: T, byKey: Readonly<Record<string, string>>): T {
  return JSON.parse(JSON.stringify(value), (_name, part: unknown) => {
    const key = typeof part === 'string' ? /^%(.+)%$/s.exec(part)?.[1] : undefined;
    return key === undefined ? part : byKey[key];
  });
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile() && file.name.endsWith('.ts'))
    .map((file) => join(file.parentPath, file.name));
}

describe('what is written from the rows of manifest/', () => {
  it('is what would be written now: if this fails, run npm run manifest', async () => {
    const files = Object.entries(await manifestFiles());
    expect(files.length).toBeGreaterThan(4);
    for (const [path, text] of files) {
      expect(
        readFileSync(join(root, path), 'utf8') === text,
        `${path} is older than manifest/: run npm run manifest`,
      ).toBe(true);
      if (!path.endsWith('.json'))
        expect(text).toMatch(/^\/\/ Written by "npm run manifest" from manifest\/\w+: change it there\.\n/);
    }
  });

  it('has each text that a person reads in package.nls.json, and no other there', () => {
    const keys = [...JSON.stringify(packageJson).matchAll(/"%([^"]+)%"/g)].map(([, key = '']) => key);
    expect(keys.sort()).toEqual(Object.keys(texts).sort());
    const { commands, configuration, views, viewsWelcome, walkthroughs } = packageJson.contributes;
    const read = [
      ...commands.map(({ title }) => title),
      ...configuration.map(({ title }) => title),
      ...configuration.flatMap(({ properties }) =>
        Object.values<{ markdownDescription: string }>(properties).map(
          ({ markdownDescription }) => markdownDescription,
        ),
      ),
      ...views.coppice.map(({ name }) => name),
      ...packageJson.contributes.submenus.map(({ label }) => label),
      ...viewsWelcome.map(({ contents }) => contents),
      ...walkthroughs.flatMap(({ title, description, steps }) => [
        title,
        description,
        ...steps.flatMap((step) => [step.title, step.description]),
      ]),
    ];
    for (const text of read) expect(keys).toContain(text.slice(1, -1));
  });
});

describe('commands', () => {
  it('are those of the code', () => {
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual([...commandIds].sort());
    expect(Object.keys(commandHandlers).sort()).toEqual([...commandIds].sort());
  });

  it('have a title in title case and one category', () => {
    for (const { title, category } of contributes.commands) {
      expect(category).toBe('Coppice');
      const said = title.replace(/^✓ /, '').replace(/…$/, '');
      expect(said).toMatch(/^[A-Z]/);
      const words = said.split(' ').filter((word) => word !== environmentFileName);
      for (const word of words) expect(word).toMatch(/^([A-Z]|and$|by$|for$|in$|on$|to$|with$|a$|an$|the$)/);
    }
  });

  it('are in menus and texts only when there are such', () => {
    const ids: ReadonlySet<string> = new Set(commandIds);
    for (const item of menuItems) if ('command' in item) expect(ids).toContain(item.command);
    const linked = [...welcomeTexts, ...walkthroughTexts].flatMap((text) => [
      ...text.matchAll(/command:(coppice\.\w+)/g),
    ]);
    expect(linked.length).toBeGreaterThan(5);
    for (const [, command] of linked) if (command !== 'coppice.worktrees') expect(ids).toContain(command);
  });

  it('are offered only in trusted folders', () => {
    const palette = new Map(contributes.menus.commandPalette.map(({ command, when }) => [command, when]));
    for (const id of commandIds) {
      if (id !== 'coppice.showLog') expect(palette.get(id), id).toMatch(/isWorkspaceTrusted|^false$/);
    }
  });
});

interface Property {
  readonly default: unknown;
  readonly scope: string;
  readonly type: string;
  readonly markdownDescription: string;
  readonly keywords: readonly string[];
}

describe('settings', () => {
  const properties = Object.fromEntries(
    contributes.configuration.flatMap((section) => Object.entries<Property>(section.properties)),
  );

  it('are those of the code, with the same defaults', () => {
    const defaults = Object.fromEntries(Object.entries(properties).map(([key, { default: value }]) => [key, value]));
    const expected = Object.fromEntries(
      Object.entries(defaultSettings).map(([key, value]) => [`coppice.${key}`, value]),
    );
    expect(defaults).toEqual(expected);
  });

  it('that name a program, a folder or a server are nothing that a repository can set', () => {
    for (const [key, { scope }] of Object.entries(properties)) expect(scope, key).toMatch(/^machine(-overridable)?$/);
    const ofMachine = ['agent.command', 'helm.path', 'postgres.binaries', 'postgres.url', 'home'];
    const clusters = ['cluster.default', 'cluster.allowedContexts', 'cluster.kubeconfig'];
    for (const key of [...ofMachine, ...clusters]) {
      expect(properties[`coppice.${key}`]?.scope, key).toBe('machine');
    }
    expect([...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort()).toEqual(
      Object.keys(properties).sort(),
    );
  });

  it('stand in sections that a person can take in, each found by words that are not its own', () => {
    const sizes = contributes.configuration.map(({ properties: section }) => Object.keys(section).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(12);
    expect(new Set(contributes.configuration.map(({ title }) => title)).size).toBe(sizes.length);
    const found = (word: string): string[] =>
      Object.keys(properties).filter((key) => properties[key]?.keywords.includes(word));
    expect(found('disk')).toContain('coppice.clean.days');
    expect(found('claude')).toContain('coppice.agent.command');
    expect(found('kubernetes')).toContain('coppice.quota.cpu');
  });

  it('lead to others that are there', () => {
    const links = Object.values(properties).flatMap(({ markdownDescription }) =>
      [...markdownDescription.matchAll(/`#([^`#]+)#`/g)].map(([, key = '']) => key),
    );
    expect(links.length).toBeGreaterThan(10);
    for (const key of links) expect(properties, key).toHaveProperty([key]);
  });

  it('are described', () => {
    for (const [key, { markdownDescription }] of Object.entries(properties)) {
      expect(markdownDescription, key).toMatch(/^[A-Z].{20,}\.$/);
    }
  });
});

describe('context keys', () => {
  it('are those of the code', () => {
    const known = new Set(
      Object.keys(contextKeys('ready', aSnapshot(), undefined, { sort: 'name', filter: undefined })),
    );
    const used = new Set(conditions.flatMap((when) => when.match(/coppice\.(?!worktrees\b)[A-Za-z]+/g) ?? []));
    for (const id of commandIds) used.delete(id);
    for (const key of used) expect(known, key).toContain(key);
    for (const key of known) expect(used, key).toContain(key);
  });

  it('are compared with states that exist', () => {
    const states = conditions.flatMap((when) =>
      [...when.matchAll(/coppice\.state [!=]= (\w+)/g)].map((match) => match[1]),
    );
    expect(new Set(states)).toEqual(new Set(['noGit', 'noRepository', 'noEnvironmentFile', 'noEnvironments']));
  });

  it('are set in one place', () => {
    const writers = sourceFiles(join(root, 'src')).filter((file) =>
      readFileSync(file, 'utf8').includes("'setContext'"),
    );
    expect(writers.map((file) => file.split(/[\\/]/).at(-1))).toEqual(['contextKeyWriter.ts']);
  });
});

describe('views', () => {
  it('are those of the code', () => {
    expect(contributes.views.coppice.map(({ id }) => id)).toEqual(['coppice.worktrees']);
    const source = readFileSync(join(root, 'src/ui/tree/worktreesView.ts'), 'utf8');
    expect(source).toContain("'coppice.worktrees'");
    for (const { view } of contributes.viewsWelcome) expect(view).toBe('coppice.worktrees');
  });

  it('have rows that the menus find', () => {
    const patterns = conditions.flatMap((when) =>
      [...when.matchAll(/viewItem =~ \/(.*?)\/(?: |$)/g)].map((match) => match[1] ?? ''),
    );
    expect(patterns.length).toBeGreaterThan(20);
    const rows = [
      'worktree;linked;env;updatable;awake;going;database;claimed;url;standing;',
      'worktree;linked;env;updatable;asleep;claimed;url;standing;',
      'worktree;linked;gone;',
      'worktree;main;envless;window;standing;',
      'service;',
      'service;url;',
      'service;restarted;',
      'service;stopped;',
      'service;asleep;',
      'forward;',
      'url;',
      'database;',
      'temporalNamespace;page;',
      'folder;',
      'orphan;',
      'offline;',
      'outdatedCluster;',
      'noEnvironmentFile;',
      'infra;',
      'infraService;url;',
    ];
    for (const pattern of patterns) {
      const regex = new RegExp(pattern);
      expect(
        rows.some((row) => regex.test(row)),
        pattern,
      ).toBe(true);
      expect(
        rows.every((row) => regex.test(row)),
        pattern,
      ).toBe(false);
    }
  });
});

describe('what can be done', () => {
  const commandsOnRows = contributes.menus['view/item/context'].flatMap(({ command, group }) =>
    command === undefined ? [] : { command, group },
  );
  const onRow = commandsOnRows.filter(({ group }) => group.startsWith('1_do@'));

  it('is in one order in the menu of every row', () => {
    const places = new Map<string, number>(actionOrder.map((id, at) => [`coppice.${id}`, at]));
    expect(onRow.length).toBeGreaterThan(15);
    // Menus of one row come from several patterns: a number means the same in all.
    const numbers = new Map(onRow.map(({ command, group }) => [command, group]));
    for (const { command, group } of onRow) expect(numbers.get(command)).toBe(group);
    const byNumber = [...numbers].toSorted((a, b) => Number(a[1].split('@')[1]) - Number(b[1].split('@')[1]));
    const order = byNumber.map(([command]) => places.get(command) ?? Number.NaN);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(Number.NaN);
  });

  it('ends with what deletes', () => {
    expect(actionOrder.at(-1)).toBe('delete');
    for (const { command, group } of commandsOnRows)
      if (/delete/i.test(command) && !group.startsWith('inline')) expect(group).toMatch(/^9_delete@/);
  });
});

describe('activation', () => {
  it('waits for a folder with an environment file, a view or a command', () => {
    expect(manifest.activationEvents).toEqual([
      `workspaceContains:${environmentFileName}`,
      // A window that is opened again has its pages.
      `onWebviewPanel:${dashboardViewType}`,
      `onWebviewPanel:${overviewViewType}`,
      `onWebviewPanel:${logsViewType}`,
    ]);
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe('limited');
    expect(manifest.capabilities.virtualWorkspaces.supported).toBe(false);
  });
});

describe('files', () => {
  it('that the manifest names are there', () => {
    const named = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
      ...contributes.yamlValidation.map(({ url }) => url),
    ];
    for (const file of named) expect(existsSync(join(root, file)), file).toBe(true);
    for (const { fileMatch } of contributes.yamlValidation) expect(fileMatch).toBe(environmentFileName);
  });
});

describe('errors', () => {
  it('are shown in one place', () => {
    const writers = sourceFiles(join(root, 'src/ui')).filter((file) =>
      readFileSync(file, 'utf8').includes('showErrorMessage'),
    );
    expect(writers.map((file) => file.split(/[\\/]/).at(-1))).toEqual(['report.ts']);
  });
});
