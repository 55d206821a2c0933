import { environmentFileName } from '../src/core/environmentFile';
import type { CommandRow } from './commandRow';
import type { SettingGroup, SettingRow } from './settingRow';
import { submenuRows } from './submenus';
import type { Texts } from './texts';
import { treeRows, type TreeRow } from './treeRows';
import type { ViewRow } from './views';
import type { WalkthroughRow } from './walkthroughs';

export interface Rows {
  readonly commands: readonly CommandRow[];
  readonly settings: readonly SettingGroup[];
  readonly views: readonly ViewRow[];
  readonly walkthroughs: readonly WalkthroughRow[];
}

const name = 'Coppice';
const icon = 'media/activity-bar.svg';
const container = 'coppice';
const inView = `view == ${container}.worktrees`;

/** package.json's `contributes`. @param texts takes what a person reads, for package.nls.json */
export function contributions({ commands, settings, views, walkthroughs }: Rows, texts: Texts): object {
  const keybindings = commands.flatMap((row) => [
    ...(row.keybinding ? [{ command: full(row.id), ...row.keybinding }] : []),
    ...rowKeys(row),
  ]);
  return {
    commands: commands.map(({ id, title, icon: sign, enablement }) => ({
      command: full(id),
      title: texts.take(`command.${id}.title`, title),
      category: name,
      ...(sign === undefined ? {} : { icon: `$(${sign})` }),
      ...(enablement === undefined ? {} : { enablement }),
    })),
    menus: {
      commandPalette: commands.flatMap(paletteItem),
      'editor/title': commands.flatMap(({ id, editorTitle: item, only }) =>
        item ? { command: full(id), ...whenAll(item.when, only), group: item.group } : [],
      ),
      'view/title': [
        ...Object.entries(submenuRows).flatMap(([key, { title }]) =>
          title ? { submenu: full(key), ...whenAll(inView, title.when), group: title.group } : [],
        ),
        ...commands.flatMap(({ id, viewTitle: group, palette, only }) =>
          group ? { command: full(id), ...whenAll(inView, palette || '', only), group } : [],
        ),
      ],
      'view/item/context': [
        ...commands.flatMap(rowItems),
        ...Object.entries(submenuRows).flatMap(([key, { row }]) =>
          row ? { submenu: full(key), ...whenAll(onRow(row.of), oneRow), group: row.group } : [],
        ),
      ],
      ...Object.fromEntries(
        Object.keys(submenuRows).map((key) => [full(key), commands.flatMap((row) => submenuItem(row, key))]),
      ),
    },
    submenus: Object.entries(submenuRows).map(([key, { label }]) => ({
      id: full(key),
      label: texts.take(`submenu.${key}.label`, label),
    })),
    // Added to the editor's own patterns, never in their place: it merges what is an object.
    configurationDefaults: { 'files.watcherExclude': { '**/.git/coppice-trash/**': true } },
    ...(keybindings.length > 0 ? { keybindings } : {}),
    viewsContainers: { activitybar: [{ id: container, title: name, icon }] },
    views: {
      [container]: views.map(({ id, name: view }) => ({
        id: full(id),
        name: texts.take(`view.${id}.name`, view),
        contextualTitle: name,
        icon,
      })),
    },
    viewsWelcome: views.flatMap(({ id: view, welcome }) =>
      welcome.map(({ id, when, lines }) => ({
        view: full(view),
        contents: texts.take(`view.${view}.welcome.${id}`, lines.join('\n')),
        when,
      })),
    ),
    configuration: settings.map((group, at) => configurationOf(group, at, texts)),
    walkthroughs: walkthroughs.map((walkthrough) => walkthroughOf(walkthrough, texts)),
    // Of `ui/window/agentTools`, which the editor asks for its agents.
    mcpServerDefinitionProviders: [{ id: full('environment'), label: name }],
    yamlValidation: [{ fileMatch: environmentFileName, url: './media/schemas/coppice.schema.json' }],
  };
}

function full(id: string): string {
  return `coppice.${id}`;
}

/** Without a condition there is no `when`. */
function whenAll(...conditions: readonly (string | undefined)[]): { when?: string } {
  const all = conditions.filter(Boolean).join(' && ');
  return all === '' ? {} : { when: all };
}

/** VS Code offers a command always unless the palette's menu says otherwise. */
function paletteItem({ id, palette, only }: CommandRow): object | [] {
  if (palette === false) return { command: full(id), when: 'false' };
  const condition = whenAll(palette, only);
  return condition.when === undefined ? [] : { command: full(id), ...condition };
}

const oneRow = '!listMultiSelection';

function onRow(row: TreeRow): string {
  return `${inView} && viewItem =~ /${treeRows[row]}/`;
}

function rowItems({ id, rows = {}, only, takesMany }: CommandRow): object[] {
  return (Object.entries(rows) as [TreeRow, readonly string[]][]).flatMap(([row, groups]) =>
    groups.map((group) => ({
      command: full(id),
      ...whenAll(onRow(row), only, takesMany || group.startsWith('inline') ? undefined : oneRow),
      group,
    })),
  );
}

/**
 * The editor tells an extension which rows are selected, and not which one has the focus, which is where the arrow keys are. It is toggled and toggled back,
 * from which `ui/tree/focusedRow` knows it: to select it would open what a click opens.
 */
function rowKeys({ id, rowKey, takesMany }: CommandRow): object[] {
  if (!rowKey) return [];
  const key = (args: 'focused' | 'selection'): object => ({ command: full(id), args });
  const focused = `focusedView == ${container}.worktrees && listFocus && !inputFocus`;
  const ofFocused = { commands: ['list.toggleSelection', 'list.toggleSelection', key('focused')] };
  return [
    { command: 'runCommands', args: ofFocused, ...rowKey, when: `${focused} && !listMultiSelection` },
    ...(takesMany ? [{ ...key('selection'), ...rowKey, when: `${focused} && listMultiSelection` }] : []),
  ];
}

function submenuItem({ id, submenu, only }: CommandRow, key: string): object | [] {
  if (submenu?.key !== key) return [];
  const place = submenu.row && onRow(submenu.row);
  return { command: full(id), ...whenAll(place, only), group: submenu.group };
}

function configurationOf({ title, keywords, rows }: SettingGroup, at: number, texts: Texts): object {
  const [first] = rows;
  return {
    title: texts.take(`settings.${first?.key ?? at}.title`, title),
    order: at + 1,
    properties: Object.fromEntries(
      rows.map((row, index) => [full(row.key), { ...settingProperty(row, index + 1, texts), keywords }]),
    ),
  };
}

function settingProperty(row: SettingRow, order: number, texts: Texts): object {
  const { key, type, default: fallback, scope = 'machine', description } = row;
  return {
    ...(type === 'list' ? { type: 'array', items: { type: 'string' }, uniqueItems: true } : { type }),
    default: fallback,
    scope,
    order,
    markdownDescription: texts.take(`setting.${key}.description`, description),
    ...limitsOf(row),
    ...choicesOf(row, texts),
  };
}

function choicesOf(row: SettingRow, texts: Texts): object {
  if (row.type !== 'string' || row.enumDescriptions === undefined) return {};
  const said = row.enumDescriptions.map((text, index) =>
    texts.take(`setting.${row.key}.${row.enum?.[index] ?? ''}`, text),
  );
  return { enumDescriptions: said };
}

function limitsOf(row: SettingRow): object {
  const { key: _key, type: _type, default: _fallback, scope: _scope, description: _text, flag: _flag, ...limits } = row;
  return limits;
}

function walkthroughOf({ id, title, description, steps }: WalkthroughRow, texts: Texts): object {
  const key = `walkthrough.${id}`;
  return {
    id: full(id),
    title: texts.take(`${key}.title`, title),
    description: texts.take(`${key}.description`, description),
    steps: steps.map(({ id: step, title: heading, lines, page, completionEvents }) => ({
      id: step,
      title: texts.take(`${key}.${step}.title`, heading),
      description: texts.take(`${key}.${step}.description`, lines.join('\n')),
      media: { markdown: `media/walkthrough/${page}.md` },
      completionEvents,
    })),
  };
}
