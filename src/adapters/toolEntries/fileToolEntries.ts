import { lstat, mkdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { AppError } from '../../core/errors';
import type { HookTool } from '../../core/agents/hookTools';
import type { EntryPlace, PlannedEntry, ToolEntries } from '../../core/ports/toolEntries';
import { claudeEntry } from './claudeEntry';
import { codexEntry } from './codexEntry';
import { codexHooksEntry } from './codexHooksEntry';
import { cursorEntry } from './cursorEntry';
import type { Call, Entry, OtherFile } from './entry';
import { geminiEntry } from './geminiEntry';
import { opencodeEntry } from './opencodeEntry';
import { vscodeEntry } from './vscodeEntry';
import { worktrunkEntry } from './worktrunkEntry';

const entries: Readonly<Record<HookTool, Entry>> = {
  'claude-code': claudeEntry,
  vscode: vscodeEntry,
  codex: codexEntry,
  cursor: cursorEntry,
  worktrunk: worktrunkEntry,
  gemini: geminiEntry,
  opencode: opencodeEntry,
};
/** Of tools whose entry in the user's settings is another one. */
const userEntries: Partial<Record<HookTool, Entry>> = { codex: codexHooksEntry };

const maxBytes = 1024 * 1024;
const byteOrderMark = '\uFEFF';

export interface ToolEntriesOptions {
  /** The user's home. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How a tool calls Coppice. */
  readonly call: {
    /** What is on the PATH of whoever reads the entry. */
    readonly name: string;
    isOnPath(): Promise<boolean>;
    /** Where it is on this machine; quoted for a shell. */
    text(): Promise<string>;
    /** Makes sure that what `text` says is there. */
    make(): Promise<void>;
  };
  /** Which Claude Code is here, as in `2.1.101`; undefined: none is known. */
  claudeVersion(): Promise<string | undefined>;
}

/** Entries in the files where other tools look for them. */
export class FileToolEntries implements ToolEntries {
  readonly #options: ToolEntriesOptions;

  constructor(options: ToolEntriesOptions) {
    this.#options = options;
  }

  async plan(place: EntryPlace, action: 'add' | 'remove'): Promise<PlannedEntry> {
    const entry = entryOf(place);
    const file = this.#file(place, entry);
    const before = await read(file);
    const isInRepository = entry.isPersonal === true && place.scope === 'repository';
    const planned = { file, before, ...(isInRepository ? { personal: entry.file } : {}) };
    if (action === 'remove') return { ...planned, after: before === undefined ? undefined : entry.remove(before) };
    const { name } = this.#options.call;
    if (isPersonal(place, entry)) {
      const other = entry.addedBeside?.(before, await this.#others(place, entry, file));
      if (other !== undefined) {
        const isIn = other.file;
        const said = [`Nothing to add: the hook is in ${isIn} already.`, entry.noteBeside?.(other) ?? ''];
        return { file, before, after: before, isIn, note: said.join(' ').trim() };
      }
      const text = await this.#options.call.text();
      const call: Call = { unix: text, anywhere: (words) => `${text} ${words}` };
      const version = place.tool === 'claude-code' ? await this.#options.claudeVersion() : undefined;
      const after = entry.add(before, call, version);
      const note = entry.noteOf?.(after, version);
      return { ...planned, after, callsByPath: true, ...(note === undefined ? {} : { note }) };
    }
    // Others of the repository may not have Coppice, and their worktrees are made all the same.
    const call: Call = {
      unix: `! command -v ${name} >/dev/null 2>&1 || ${name}`,
      anywhere: (words) => ifThere(name, words),
    };
    const after = entry.add(before, call);
    const isMissing = !(await this.#options.call.isOnPath());
    const missing = `${name} is not on the PATH: as long as it is not, the entry does nothing.`;
    const note = [isMissing ? missing : undefined, entry.noteOf?.(after, undefined)].filter(
      (each) => each !== undefined,
    );
    return { file, before, after, ...(note.length === 0 ? {} : { note: note.join('\n') }) };
  }

  /** All that the tool reads besides, of this repository and this user. */
  async #others(place: EntryPlace, entry: Entry, file: string): Promise<OtherFile[]> {
    const files = [
      ...(entry.alsoRead ?? []).map((each) => join(place.root, ...each.split('/'))),
      join(place.root, ...entry.file.split('/')),
      ...(entry.userFile === undefined ? [] : [this.#file({ ...place, scope: 'user' }, entry)]),
    ];
    const found: OtherFile[] = [];
    for (const each of new Set(files)) {
      const text = each === file ? undefined : await read(each);
      if (text !== undefined) found.push({ file: each, text });
    }
    return found;
  }

  async write({ file, before, after, callsByPath }: PlannedEntry): Promise<void> {
    if ((await read(file)) !== before)
      throw new AppError('conflict', `${file} was changed just now: nothing was written. Try again.`, {
        remedy: { title: 'Try Again', action: { kind: 'retry' } },
      });
    if (after === undefined && !(await isLink(file))) return rm(file, { force: true });
    if (callsByPath && after !== undefined) await this.#options.call.make();
    await mkdir(dirname(file), { recursive: true });
    // Who may read it, and where it really lies, is as it was.
    const mode = await stat(file).then(
      (found) => found.mode & 0o777,
      () => 0o644,
    );
    const text = after ?? (file.endsWith('.json') ? '{}\n' : '');
    const mark = (await readWhole(file))?.startsWith(byteOrderMark) ? byteOrderMark : '';
    await writeFileAtomically(await realpath(file).catch(() => file), mark + text, mode);
  }

  #file({ tool, root, scope }: EntryPlace, entry: Entry): string {
    if (scope === 'repository' && !entry.isOnlyOfUser) return join(root, ...entry.file.split('/'));
    const { home, env } = this.#options;
    if (entry.userFile === undefined)
      throw new AppError(
        'invalidInput',
        `${tool} has no settings of a user that could call Coppice: connect it in the repository.`,
      );
    const [variable = '', moved = ''] = entry.movedBy ?? [];
    const folder = env[variable];
    return folder ? join(folder, ...moved.split('/')) : join(home, ...entry.userFile.split('/'));
  }
}

function entryOf({ tool, scope }: EntryPlace): Entry {
  return (scope === 'user' ? userEntries[tool] : undefined) ?? entries[tool];
}

/** The sh that every git brings asks whether there is one: no two other shells have the same words for that. */
function ifThere(name: string, words: string): string {
  const calls = [name, `${name}.cmd`].map((each) => `if command -v ${each} >/dev/null; then ${each} ${words}; `);
  // git writes the arguments behind it, of which there are none.
  return `git -c "alias.${name}=!${calls.join('el')}fi #" ${name}`;
}

function isPersonal({ scope }: EntryPlace, entry: Entry): boolean {
  return scope === 'user' || entry.isPersonal === true || entry.isOnlyOfUser === true;
}

/** What is taken away goes out of the file that it leads to. */
async function isLink(file: string): Promise<boolean> {
  return lstat(file).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

/** Without a mark that editors on Windows put first: `write` keeps it. */
async function read(file: string): Promise<string | undefined> {
  const text = await readWhole(file);
  return text?.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;
}

async function readWhole(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new AppError('conflict', `${file} is no regular file: nothing was written.`);
    if (found.size > maxBytes) throw new AppError('conflict', `${file} is longer than 1 MiB: nothing was written.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
