import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorCode } from '@coppice/host/errorCode';
import type { OwnEnd, OwnProgram, OwnRun } from '../../core/ports/ownProgram';
import { launch } from './launch';

export interface OwnProcessOptions {
  /** Node, or an Electron program that can act as Node. */
  readonly execPath: string;
  /** dist/cli.js */
  readonly cli: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where messages are kept; made when first needed. */
  readonly logFolder: string;
}

const keptLogs = 20;

/** A git that runs a hook gives these to whatever the hook starts: they lead every other git to that one's repository. */
const ofGitHook =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|PREFIX|NAMESPACE|QUARANTINE_PATH|IMPLICIT_WORK_TREE|GRAFT_FILE|SHALLOW_FILE|REPLACE_REF_BASE|CONFIG|CONFIG_PARAMETERS|INTERNAL_.*|REFLOG_ACTION)$/i;

/** A session of Claude Code tells its hooks how to reach it, and what it is: nothing of that outlives the hook. */
const ofSession = /^CLAUDE(?:CODE$|_PID$|_PROJECT_DIR$|_CODE_(?:SESSION|CHILD|MESSAGING|ENTRYPOINT))/;

/** Coppice's own CLI, detached: its output is files, so that nothing that ends with us ends it. */
export class OwnProcess implements OwnProgram {
  readonly #options: OwnProcessOptions;

  constructor(options: OwnProcessOptions) {
    this.#options = options;
  }

  async start(argv: readonly string[], folder: string, key: string): Promise<OwnRun> {
    const { execPath, cli, env, logFolder } = this.#options;
    await mkdir(logFolder, { recursive: true, mode: 0o700 });
    await forgetOld(logFolder);
    // Two may be at work for one key, and neither is to write over what the other one says.
    const keyed = `${createHash('sha256').update(key).digest('hex').slice(0, 12)}-`;
    const logFile = join(logFolder, `${keyed}${process.pid}-${Date.now()}-${randomBytes(3).toString('hex')}.log`);
    const outputFile = `${logFile}.out`;
    const log = await open(logFile, 'wx', 0o600);
    const output = await open(outputFile, 'wx', 0o600);
    try {
      const inherited = Object.entries(env).filter(([name]) => !ofGitHook.test(name) && !ofSession.test(name));
      const request = {
        file: execPath,
        argv: [cli, ...argv],
        cwd: folder,
        env: { ...Object.fromEntries(inherited), ELECTRON_RUN_AS_NODE: '1' },
      };
      const child = await launch(request, ['ignore', output.fd, log.fd], true);
      const ended = new Promise<OwnEnd>((resolve) => {
        child.once('exit', (code) => {
          const read = readFile(outputFile, 'utf8').catch(() => '');
          void read.then(async (text) => {
            await rm(outputFile, { force: true }).catch(() => undefined);
            if (code === 0) await forgetSettled(logFolder, keyed, logFile).catch(() => undefined);
            resolve({ exitCode: code ?? undefined, output: text });
          });
        });
      });
      return {
        logFile,
        ended,
        cancel: () => void child.kill('SIGINT'),
        letGo: async () => {
          child.unref();
          // What it still prints goes nowhere; Windows keeps the file until the next start of the machine's cleaning.
          await rm(outputFile, { force: true }).catch(() => undefined);
        },
      };
    } catch (error) {
      await rm(outputFile, { force: true });
      throw error;
    } finally {
      await output.close();
      await log.close();
    }
  }
}

/** Of a key that has ended well: its own messages, and those of earlier ones whom nobody waits for any more. */
async function forgetSettled(folder: string, keyed: string, own: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(keyed) || !name.endsWith('.log')) continue;
    const starter = Number(name.slice(keyed.length).split('-', 1)[0]);
    if (name !== basename(own) && isRunning(starter)) continue;
    await rm(join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** What failed is told by the newest; the rest would only grow. */
async function forgetOld(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.log'));
  const files = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      return {
        file,
        at: await stat(file).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  for (const { file } of files.sort((a, b) => b.at - a.at).slice(keptLogs)) await rm(file, { force: true });
}
