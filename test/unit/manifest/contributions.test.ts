import { describe, expect, it } from 'vitest';
import { contributions, type Rows } from '../../../manifest/contributions';
import type { CommandRow } from '../../../manifest/commandRow';
import { docComment } from '../../../manifest/docComment';
import type { SettingRow } from '../../../manifest/settingRow';
import { sources } from '../../../manifest/sources';
import { Texts } from '../../../manifest/texts';
import { when } from '../../../manifest/when';

interface Contributes {
  readonly commands: readonly object[];
  readonly menus: Readonly<Record<string, readonly object[]>>;
  readonly keybindings?: readonly object[];
  readonly configuration: readonly { readonly properties: Readonly<Record<string, object>> }[];
}

function contributed(rows: Partial<Rows>, texts = new Texts()): Contributes {
  return contributions({ commands: [], settings: [], views: [], walkthroughs: [], ...rows }, texts) as Contributes;
}

const rowMenus = ['agent', 'database', 'copy'].map((key): unknown =>
  expect.objectContaining({ submenu: `coppice.${key}` }),
);
const water: CommandRow = { id: 'water', title: 'Water', palette: when.trusted };

describe('a command', () => {
  it('is in the menus of its row, under the conditions of the place and its own', () => {
    const row: CommandRow = {
      ...water,
      icon: 'beaker',
      only: '!isWeb',
      enablement: 'coppice.hasWater',
      viewTitle: '1_water@1',
      editorTitle: { group: 'navigation@2', when: 'inEditor' },
      rows: { service: ['inline@1', '1_water@2'] },
      keybinding: { key: 'ctrl+alt+w', when: 'inEditor' },
    };
    const { commands, menus, keybindings } = contributed({ commands: [row] });
    const command = 'coppice.water';
    const onRow = 'view == coppice.worktrees && viewItem =~ /^service;/ && !isWeb';
    expect(commands).toEqual([
      {
        command,
        title: '%command.water.title%',
        category: 'Coppice',
        icon: '$(beaker)',
        enablement: 'coppice.hasWater',
      },
    ]);
    const places = ['commandPalette', 'editor/title', 'view/title', 'view/item/context'];
    for (const [place, items] of Object.entries(menus)) if (!places.includes(place)) expect(items).toEqual([]);
    expect(menus).toMatchObject({
      commandPalette: [{ command, when: 'isWorkspaceTrusted && !isWeb' }],
      'editor/title': [{ command, when: 'inEditor && !isWeb', group: 'navigation@2' }],
      'view/title': [
        expect.objectContaining({ submenu: 'coppice.sort', group: '0_list@1' }),
        expect.objectContaining({ submenu: 'coppice.filter', group: '0_list@2' }),
        { command, when: 'view == coppice.worktrees && isWorkspaceTrusted && !isWeb', group: '1_water@1' },
      ],
      'view/item/context': [
        { command, when: onRow, group: 'inline@1' },
        { command, when: `${onRow} && !listMultiSelection`, group: '1_water@2' },
        ...rowMenus,
      ],
    });
    expect(keybindings).toEqual([{ command, key: 'ctrl+alt+w', when: 'inEditor' }]);
  });

  it('is in the palette unless its row says that it is in menus only', () => {
    const always = contributed({ commands: [{ ...water, palette: when.always }] });
    expect(always.menus['commandPalette']).toEqual([]);
    const never = contributed({ commands: [{ ...water, palette: false }] });
    expect(never.menus['commandPalette']).toEqual([{ command: 'coppice.water', when: 'false' }]);
    expect(never.keybindings).toBeUndefined();
  });

  it('that takes many rows is in the menu of several, and its key means them', () => {
    const row: CommandRow = {
      ...water,
      takesMany: true,
      rowKey: { key: 'w', mac: 'cmd+w' },
      rows: { service: ['1_water@2'] },
    };
    const { menus, keybindings } = contributed({ commands: [row] });
    expect(menus['view/item/context']).toEqual([
      {
        command: 'coppice.water',
        when: 'view == coppice.worktrees && viewItem =~ /^service;/',
        group: '1_water@2',
      },
      ...rowMenus,
    ]);
    const onList = 'focusedView == coppice.worktrees && listFocus && !inputFocus';
    const own = (args: string) => ({ command: 'coppice.water', args });
    expect(keybindings).toEqual([
      {
        command: 'runCommands',
        args: { commands: ['list.toggleSelection', 'list.toggleSelection', own('focused')] },
        key: 'w',
        mac: 'cmd+w',
        when: `${onList} && !listMultiSelection`,
      },
      { ...own('selection'), key: 'w', mac: 'cmd+w', when: `${onList} && listMultiSelection` },
    ]);
    const { takesMany: _many, ...single } = row;
    const one = contributed({ commands: [single] });
    expect(one.keybindings).toHaveLength(1);
  });

  it('may be in a menu of a row, under the condition of its own rows', () => {
    const row: CommandRow = { ...water, only: 'x', submenu: { key: 'copy', group: '1@2', row: 'worktreeWithUrl' } };
    const { menus } = contributed({ commands: [row] });
    expect(menus['coppice.copy']).toEqual([
      {
        command: 'coppice.water',
        when: 'view == coppice.worktrees && viewItem =~ /^worktree;.*\\burl;/ && x',
        group: '1@2',
      },
    ]);
    expect(menus['view/item/context']).toContainEqual({
      submenu: 'coppice.copy',
      when: 'view == coppice.worktrees && viewItem =~ /^worktree;/ && !listMultiSelection',
      group: '3_more@3',
    });
  });

  it('may be in a menu of the title, and give its handler what tells it from others of its file', () => {
    const row: CommandRow = {
      ...water,
      file: 'garden',
      given: 'roses',
      only: 'x',
      submenu: { key: 'sort', group: '1@2' },
    };
    const rows = [row, { ...row, id: 'waterLess', given: '' }];
    expect(contributed({ commands: rows }).menus['coppice.sort']).toEqual([
      { command: 'coppice.water', when: 'x', group: '1@2' },
      { command: 'coppice.waterLess', when: 'x', group: '1@2' },
    ]);
    const handlers = sources(rows, [])['src/ui/commands/commandHandlers.ts'] ?? '';
    expect(handlers.match(/import \{ garden \}/g)).toHaveLength(1);
    expect(handlers).toContain(`'coppice.water': (context) => garden(context, "roses"),`);
    expect(handlers).toContain(`'coppice.waterLess': (context) => garden(context, ""),`);
  });

  it('is one line of ids and two of handlers', () => {
    const files = sources([{ ...water, file: 'waterTrees', runsUntrusted: true }], []);
    expect(files['src/ui/context/commandId.ts']).toContain('["coppice.water"] as const');
    expect(files['src/ui/context/commandId.ts']).toContain('new Set<CommandId>(["coppice.water"])');
    expect(files['src/ui/commands/commandHandlers.ts']).toContain("import { waterTrees } from './waterTrees';");
    expect(files['src/ui/commands/commandHandlers.ts']).toContain("'coppice.water': waterTrees,");
  });
});

describe('a setting', () => {
  it('is the property of its row, on the machine unless it is said', () => {
    const settings: readonly SettingRow[] = [
      {
        key: 'water.litres',
        type: 'integer',
        default: 3,
        description: 'How much.',
        minimum: 1,
        maximum: 9,
        flag: ['--water', 'x'],
      },
      { key: 'water.kinds', type: 'list', default: [], description: 'Which.', scope: 'machine-overridable' },
    ];
    const first = {
      type: 'SunSettings',
      title: 'Sun',
      keywords: [],
      rows: [{ key: 'sun', type: 'boolean', default: true, description: 'Sun.' }],
    } as const;
    const groups = [first, { type: 'WaterSettings', title: 'Water', keywords: ['rain'], rows: settings }];
    const [, section] = contributed({ settings: groups }).configuration;
    expect(section).toMatchObject({ title: '%settings.water.litres.title%', order: 2 });
    expect(section?.properties).toEqual({
      'coppice.water.litres': {
        type: 'integer',
        default: 3,
        scope: 'machine',
        order: 1,
        keywords: ['rain'],
        markdownDescription: '%setting.water.litres.description%',
        minimum: 1,
        maximum: 9,
      },
      'coppice.water.kinds': {
        type: 'array',
        items: { type: 'string' },
        uniqueItems: true,
        default: [],
        scope: 'machine-overridable',
        order: 2,
        keywords: ['rain'],
        markdownDescription: '%setting.water.kinds.description%',
      },
    });
    const files = sources([], groups);
    const ofWater = files['src/core/settings/waterSettings.ts'];
    expect(ofWater).toContain('export interface WaterSettings {');
    expect(ofWater).toContain("/** How much. */\n  readonly 'water.litres': number;");
    expect(ofWater).toContain("readonly 'water.kinds': readonly string[];");
    expect(files['src/core/settings.ts']).toContain('export interface Settings extends SunSettings, WaterSettings {}');
    expect(files['src/core/settings.ts']).toContain("import type { WaterSettings } from './settings/waterSettings';");
    expect(files['src/core/settings.ts']).toContain("'water.kinds': [],");
    expect(files['src/cli/settingFlags.ts']).toContain('\'water.litres\': ["--water", "x"],');
  });

  it('is documented in the code by the same words', () => {
    expect(docComment('Asked for by [Set Password](command:x), see `#coppice.a#`.')).toBe(
      '  /** Asked for by Set Password, see `coppice.a`. */',
    );
    const long = docComment('word '.repeat(60).trim());
    expect(long).toMatch(/^ {2}\/\*\*\n( {3}\* (word ?)+\n){3} {3}\*\/$/);
    expect(long.split('\n').every((line) => line.length <= 120)).toBe(true);
    expect(() => docComment('a */ b')).toThrow('what ends a comment');
  });
});

it('has one text a key: two rows of one name are refused', () => {
  const texts = new Texts();
  contributed({ commands: [water] }, texts);
  expect(texts.toJson()['command.water.title']).toBe('Water');
  expect(() => contributed({ commands: [water] }, texts)).toThrow('Two rows are called command.water.title.');
});
