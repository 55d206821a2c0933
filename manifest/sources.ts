import type { CommandRow } from './commandRow';
import { docComment } from './docComment';
import type { SettingGroup, SettingRow } from './settingRow';

/** Files of TypeScript that are written from the rows, by their path; whoever writes them formats them. */
export function sources(
  commands: readonly CommandRow[],
  groups: readonly SettingGroup[],
): Readonly<Record<string, string>> {
  const settings = groups.flatMap(({ rows }) => rows);
  return {
    'src/ui/context/commandId.ts': commandIds(commands),
    'src/ui/commands/commandHandlers.ts': commandHandlers(commands),
    'src/core/settings.ts': allSettings(groups, settings),
    ...Object.fromEntries(groups.map((group) => [`src/core/settings/${fileOf(group)}.ts`, settingTypes(group)])),
    'src/cli/settingFlags.ts': settingFlags(settings),
  };
}

/** The first line of such a file. */
export function mark(rows: string): string {
  return `// Written by "npm run manifest" from ${rows}: change it there.\n`;
}

function commandIds(commands: readonly CommandRow[]): string {
  const harmless = commands.filter(({ runsUntrusted }) => runsUntrusted === true);
  return `${mark('manifest/commands')}
/** Every command of the extension. */
export const commandIds = [${list(commands.map(({ id }) => `coppice.${id}`))}] as const;

export type CommandId = (typeof commandIds)[number];

/** Run nothing of the repository's, and so may run where the folder is not trusted. */
export const harmlessCommands: ReadonlySet<CommandId> = new Set<CommandId>([${list(harmless.map(({ id }) => `coppice.${id}`))}]);
`;
}

function commandHandlers(commands: readonly CommandRow[]): string {
  const files = new Set(commands.map(({ id, file = id }) => file));
  const imports = [...files].map((file) => `import { ${file} } from './${file}';`).sort();
  return `${mark('manifest/commands')}
import type { CommandHandler } from '../context/commandContext';
import type { CommandId } from '../context/commandId';
${imports.join('\n')}

/** What each command does. */
export const commandHandlers: Readonly<Record<CommandId, CommandHandler>> = {
${commands.map((row) => `  'coppice.${row.id}': ${handlerOf(row)},`).join('\n')}
};
`;
}

function handlerOf({ id, file = id, given }: CommandRow): string {
  return given === undefined ? file : `(context) => ${file}(context, ${JSON.stringify(given)})`;
}

/** A file is named after what it exports. */
function fileOf({ type }: SettingGroup): string {
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
}

function settingTypes({ type, title, rows }: SettingGroup): string {
  return `${mark('manifest/settings')}
/** ${title}: the keys are those of VS Code without the prefix \`coppice.\`. */
export interface ${type} {
${rows.map((row) => `${docComment(row.description)}\n  readonly '${row.key}': ${typeOf(row)};`).join('\n')}
}
`;
}

function allSettings(groups: readonly SettingGroup[], settings: readonly SettingRow[]): string {
  const imports = groups.map((group) => `import type { ${group.type} } from './settings/${fileOf(group)}';`).sort();
  return `${mark('manifest/settings')}
${imports.join('\n')}

/** What a person can set. */
export interface Settings extends ${groups.map(({ type }) => type).join(', ')} {}

export const defaultSettings: Settings = {
${settings.map(({ key, default: fallback }) => `  '${key}': ${JSON.stringify(fallback)},`).join('\n')}
};

/** The least and the most that a number may be. */
export const settingLimits: Partial<Record<keyof Settings, readonly [minimum: number, maximum: number]>> = {
${settings.flatMap(limitsOf).join('\n')}
};
`;
}

function limitsOf(row: SettingRow): string[] {
  return row.type === 'integer' ? [`  '${row.key}': [${row.minimum}, ${row.maximum}],`] : [];
}

function typeOf({ type }: SettingRow): string {
  const types = { string: 'string', integer: 'number', boolean: 'boolean', list: 'readonly string[]' };
  return types[type];
}

function settingFlags(settings: readonly SettingRow[]): string {
  const rows = settings.flatMap(({ key, flag }) => (flag ? `  '${key}': [${list(flag)}],` : []));
  return `${mark('manifest/settings')}
/** The options that say a setting for one run, each with what the help says of it. */
export const settingFlags = {
${rows.join('\n')}
} as const;
`;
}

function list(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(', ');
}
