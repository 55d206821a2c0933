import { mkdir, readdir, readFile, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, extname, join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import { environmentFileName } from '../../core/environmentFile';
import { AppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import type { KeptData, UsedData, UsedOne, UsedServices } from '../../core/ports/usedServices';
import type { LocalProgram, UsedPlace, UsedToolName } from '../../core/usedTool';
import { usedByFile } from '../../core/uses/usedByFile';
import { isUsedTool, usedTools } from '../../core/uses/usedTools';
import { findExecutable } from '../exec/findExecutable';
import { isWithinAny } from '../exec/isWithinAny';
import { beginningFile, isSameFile, readBeginning, writeBeginning } from './beginning';
import { anyFile, filesIn, type FileFacts } from './filesIn';
import { howToInstallUsed } from './howToInstallUsed';
import { readUsedBy } from './readUsedBy';

/** Says which program wrote the data. */
const makerFile = 'maker';

/** Programs of this machine, and folders of Coppice's home: one an environment, in it one a service and its tool. */
export class HostUsedServices implements UsedServices {
  /** @param folder of all environments; @param env where programs are looked for */
  constructor(
    private readonly folder: string,
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  async find(service: string, tool: UsedToolName, worktrees: readonly string[]): Promise<LocalProgram> {
    const { title, local } = usedTools[tool];
    const { before = [], after = [] } = local.folders ?? {};
    const path = [...before, this.env['PATH'] ?? this.env['Path'], ...after].filter(Boolean).join(delimiter);
    const env = { ...this.env, PATH: path };
    let passedOver: string | undefined;
    const isAllowed = async (path: string): Promise<boolean> => {
      if (!(await isWithinAny(worktrees, path))) return true;
      passedOver ??= path;
      return false;
    };
    const missing = async (program: string): Promise<AppError> => {
      const { text, remedy } = await howToInstallUsed(tool, this.env);
      const but = passedOver === undefined ? '' : ` but ${passedOver}, which the repository itself could have brought`;
      return new AppError(
        'missingTool',
        `${environmentFileName}: uses.${service} is ${title}, and there is no ${program} on this machine${but}. ${text}`,
        { remedy },
      );
    };
    for (const name of local.programs) {
      const program = await findExecutable(name, env, isAllowed);
      if (program === undefined) continue;
      const file = basename(await realpath(program).catch(() => program));
      const kind = basename(file, extname(file) === '.exe' ? '.exe' : '');
      const helpers: Record<string, string> = {};
      for (const helper of local.helpers?.(kind) ?? []) {
        const near = { ...env, PATH: [dirname(program), path].join(delimiter) };
        const found = await findExecutable(helper, near, isAllowed);
        if (found === undefined) throw await missing(helper);
        helpers[helper] = found;
      }
      return { program, kind, helpers, isRoot: process.getuid?.() === 0 };
    }
    throw await missing(local.programs.join(' or '));
  }

  place({ owner, service, tool }: UsedOne): UsedPlace {
    const own = join(this.#of(owner), `${service}.${tool}`);
    return { data: join(own, 'data'), beside: (name) => join(own, name) };
  }

  async prepare(
    one: UsedOne,
    kind: string,
    files: Readonly<Record<string, string>>,
    fill: ((data: string) => Promise<void>) | undefined,
  ): Promise<boolean> {
    const { data, beside } = this.place(one);
    const maker = makerOf(one.tool, kind);
    const isThere = await isFolder(data);
    if (isThere && maker !== undefined) await refuseOther(one, maker, beside(makerFile));
    // Others of this machine have no business in it.
    await mkdir(dirname(data), { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(beside(name)), { recursive: true });
      await writeFile(beside(name), text);
    }
    // Before the data: a crash between both leaves none whose maker nobody knows.
    if (maker !== undefined) await writeFile(beside(makerFile), `${maker}\n`);
    if (isThere) return false;
    const begun = beside('data.begun');
    await rm(begun, { recursive: true, force: true });
    await mkdir(begun);
    try {
      await fill?.(begun);
    } catch (error) {
      // Nobody has these data: a create that is taken back leaves nothing of them.
      await remove(dirname(data)).catch(() => undefined);
      await rmdir(this.#of(one.owner)).catch(() => undefined);
      throw error;
    }
    // Before the data, too: what is not known to have been there counts as written.
    await writeBeginning(beside(beginningFile), await countedFiles(begun, one.tool));
    await rename(begun, data);
    return true;
  }

  async written(owner: Owner): Promise<readonly UsedData[]> {
    const found: UsedData[] = [];
    for (const name of (await namesIn(this.#of(owner))).sort()) {
      const [service = '', tool = ''] = name.split('.');
      // A newer version has made them: nobody here knows which files count.
      const isWritten = isUsedTool(tool) ? usedTools[tool].isWritten : () => true;
      if (!isWritten) continue;
      const own = join(this.#of(owner), name);
      const before = await readBeginning(join(own, beginningFile));
      const isNew = (path: string, file: FileFacts): boolean =>
        isWritten(path, file.bytes) && !isSameFile(before.get(path), file);
      if (await anyFile(own, isNew)) found.push({ service, tool });
    }
    return found;
  }

  async kept(): Promise<readonly KeptData[]> {
    const found: KeptData[] = [];
    for (const name of (await namesIn(this.folder)).sort()) {
      const [, repositoryId, worktreeId] = /^([^-]+)-([^-]+)$/.exec(name) ?? [];
      if (repositoryId === undefined || worktreeId === undefined) continue;
      const folder = join(this.folder, name);
      const names = (await namesIn(folder)).sort();
      const services = names.map((each) => {
        const [service = '', tool = ''] = each.split('.');
        return { service, tool };
      });
      let place: KeptData['place'];
      for (const each of names) place ??= await readUsedBy(join(folder, each, usedByFile));
      found.push({ owner: { repositoryId, worktreeId }, folder, services, place });
    }
    return found;
  }

  async remove(owner: Owner, service?: string): Promise<void> {
    const place = this.#of(owner);
    const names = await namesIn(place);
    const wanted = names.filter((name) => service === undefined || name.split('.')[0] === service);
    for (const name of wanted) await remove(join(place, name));
    if (wanted.length === names.length) await remove(place);
  }

  #of({ repositoryId, worktreeId }: Owner): string {
    return join(this.folder, `${repositoryId}-${worktreeId}`);
  }
}

/**
 * Which of a tool's programs this is, in a word that is the same wherever it comes from: `mysqld` of `mysqld-8.0`. Undefined: there is only
 * one, or it is none that is known.
 */
function makerOf(tool: UsedToolName, kind: string): string | undefined {
  const word = (name: string): string => /^[a-z]*/i.exec(name)?.[0].toLowerCase() ?? '';
  const words = new Set(usedTools[tool].local.programs.map(word));
  return words.size > 1 && words.has(word(kind)) ? word(kind) : undefined;
}

/** Programs that speak the same language do not read each other's files. */
async function refuseOther({ service }: UsedOne, maker: string, file: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (before === undefined || before.trim() === maker) return;
  throw new AppError(
    'conflict',
    `${environmentFileName}: the data of uses.${service} were written by ${before.trim()}, and what this machine has first is ${maker}, which may not read them. Install ${before.trim()} again, or give the service another name: it begins without data.`,
  );
}

/** A server may have been told to end just now: for some twenty seconds it is tried again. */
async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** What would count as written in a folder of data, by its path beside which the data will lie. */
async function countedFiles(data: string, tool: UsedToolName): Promise<ReadonlyMap<string, FileFacts>> {
  const { isWritten } = usedTools[tool];
  const found = new Map<string, FileFacts>();
  if (isWritten === undefined) return found;
  for await (const [path, file] of filesIn(data))
    if (isWritten(`data/${path}`, file.bytes)) found.set(`data/${path}`, file);
  return found;
}
