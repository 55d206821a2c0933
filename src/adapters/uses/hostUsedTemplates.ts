import { constants } from 'node:fs';
import { cp, lstat, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import { AppError } from '../../core/errors';
import type { KeptTemplate, TemplateServer, UsedTemplates } from '../../core/ports/usedTemplates';
import type { LocalProgram, LocalTemplate, UsedPlace } from '../../core/usedTool';
import { exec } from '../exec/exec';
import { programVersion } from '../exec/programVersion';
import { TemplateProcess } from './templateProcess';

/** How the folder of one is called that is not there whole. */
const begunEnding = '.begun';
/** Says whose folder it is; written once the server has ended. */
const markFile = 'template';

/** Folders of Coppice's home, one a template. */
export class HostUsedTemplates implements UsedTemplates {
  /** Windows ends a program at once, whatever it was told. */
  readonly canBeMade = process.platform !== 'win32';

  /** @param folder of all; @param env what servers inherit */
  constructor(
    private readonly folder: string,
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  version({ program }: LocalProgram, { version }: LocalTemplate, signal: AbortSignal): Promise<string> {
    const env = Object.fromEntries(Object.entries(this.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
    return programVersion([program, ...version], { cwd: dirname(program), env }, signal);
  }

  async has(id: string): Promise<boolean> {
    const text = await readFile(join(this.folder, id, markFile), 'utf8').catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    return text === markText(id);
  }

  async make(
    id: string,
    server: TemplateServer,
    fill: (ports: Readonly<Record<string, number>>) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.remove(id);
    const begun = join(this.folder, `${id}${begunEnding}`);
    const place: UsedPlace = { data: join(begun, 'data'), beside: (name) => join(begun, name) };
    // Others of this machine have no business in it.
    await mkdir(begun, { recursive: true, mode: 0o700 });
    try {
      await mkdir(place.data);
      for (const [name, text] of Object.entries(server.files)) {
        await mkdir(dirname(place.beside(name)), { recursive: true });
        await writeFile(place.beside(name), text);
      }
      await this.#prepare(server, place, signal);
      const running = await TemplateProcess.start(server, place, this.env, signal);
      try {
        await running.ready(signal);
        await fill(running.ports);
        await running.end(signal);
      } finally {
        await running.kill();
      }
      await refuseLinks(place.data);
      for (const name of server.template.own) await rm(join(place.data, name), { force: true });
      await writeFile(place.beside(markFile), markText(id));
      await rename(begun, join(this.folder, id));
    } catch (error) {
      await rm(begun, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
      throw error;
    }
  }

  async copy(id: string, data: string, signal: AbortSignal): Promise<void> {
    const from = join(this.folder, id);
    await cp(join(from, 'data'), data, {
      recursive: true,
      // Else it is a plain copy.
      mode: constants.COPYFILE_FICLONE,
      filter: async (source) => {
        signal.throwIfAborted();
        const found = await lstat(source);
        // Sockets and pipes belonged to the program.
        return found.isFile() || found.isDirectory();
      },
    });
    const now = new Date();
    await utimes(join(from, markFile), now, now);
  }

  async list(): Promise<readonly KeptTemplate[]> {
    const found = new Map<string, KeptTemplate>();
    for (const name of await namesIn(this.folder)) {
      const id = name.endsWith(begunEnding) ? name.slice(0, -begunEnding.length) : name;
      const at = await stat(join(this.folder, name, markFile)).catch(() => stat(join(this.folder, name)));
      found.set(id, { id, usedAt: Math.max(at.mtimeMs, found.get(id)?.usedAt ?? 0) });
    }
    return [...found.values()];
  }

  async remove(id: string): Promise<void> {
    const begun = join(this.folder, `${id}${begunEnding}`);
    await TemplateProcess.endLeft(begun);
    for (const path of [begun, join(this.folder, id)])
      await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  async #prepare({ prepare, patienceMs }: TemplateServer, place: UsedPlace, signal: AbortSignal): Promise<void> {
    const [file, ...argv] = prepare?.(place) ?? [];
    if (file === undefined) return;
    const request = { file, argv, cwd: place.data, env: this.env, timeoutMs: patienceMs, maxOutputBytes: 64 * 1024 };
    const { exitCode, stdout, stderr } = await exec({ ...request, onOverflow: 'keepEnd' }, signal);
    if (exitCode === 0) return;
    throw new AppError('failed', `${file} ended with exit code ${exitCode}.`, {
      explanation: `${stdout}\n${stderr}`.trim(),
    });
  }
}

/** A copy without them lacks data, and one with them would share it. */
async function refuseLinks(data: string): Promise<void> {
  const entries = await readdir(data, { recursive: true, withFileTypes: true });
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link)
    throw new AppError(
      'failed',
      `${relative(data, join(link.parentPath, link.name))}, in the data that migrate and seed made, leads elsewhere: a copy of them would not be all of them.`,
    );
}

function markText(id: string): string {
  return `${id}\n`;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
}
