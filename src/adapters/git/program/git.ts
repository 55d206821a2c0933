import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import { GitConstructError, GitError, GitPluginError, simpleGit, type SimpleGitOptions } from 'simple-git';
import { AppError } from '../../../core/errors';
import { abortError } from '../../exec/abort';
import { findExecutable } from '../../exec/findExecutable';
import { gitEnvironment, type ConfigEntry, type Trust } from './gitEnvironment';

/** git ended with an exit code other than 0. */
export class GitFailure extends GitError {
  constructor(
    readonly exitCode: number,
    readonly stderr: string,
    readonly stdout: string,
  ) {
    super(undefined, stderr);
  }
}

export interface GitOptions {
  readonly trust: Trust;
  readonly signal?: AbortSignal | undefined;
  readonly input?: string;
  /** More variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** More configuration; not for `write`. */
  readonly config?: readonly ConfigEntry[];
  /** Told of stdout as it comes; what was told cannot be taken back, so nothing is tried a second time. */
  readonly onOutput?: (piece: string) => void;
}

/**
 * While another git adds a worktree, one of its files is there and still empty for a moment, and every git that looks at all
 * worktrees then dies, before it has done anything. LC_ALL pins the language, and a test of parallel adds the words.
 */
const halfMade = /^fatal: failed to read (.*[\\/]worktrees[\\/].*)[\\/]commondir/m;
const halfMadeAttempts = 12;
const halfMadePauseMs = 15;

/** How long something that git started may go on holding its output after git's end. */
const lingerMs = 2000;

/**
 * What simple-git guards against by refusing it, and what is wanted here: the variables are ours, and of the rest no
 * operand comes before `--`. The keys of `branch.<name>` are mistaken for others when the branch's name looks like one.
 */
const unsafe: NonNullable<SimpleGitOptions['unsafe']> = {
  allowUnsafeCustomBinary: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeHooksPath: true,
  allowUnsafeFilter: true,
  allowUnsafeSshCommand: true,
};

const unsafeInBranchSections: NonNullable<SimpleGitOptions['unsafe']> = {
  ...unsafe,
  allowUnsafeAlias: true,
  allowUnsafeAskPass: true,
  allowUnsafeEditor: true,
  allowUnsafeGitProxy: true,
  allowUnsafePager: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeDiffTextConv: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeInclude: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeMergeDriver: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafePack: true,
  allowUnsafeSubmodule: true,
  allowUnsafeCommandBinaries: true,
  allowUnsafeUrlRewrite: true,
};

/** Runs git commands through simple-git, each in an instance of its own: they share no queue and no state. */
export class Git {
  #binary: Promise<string | undefined> | undefined;

  /** @param inherited the environment that git inherits, without what could mislead it: `process.env` */
  constructor(private readonly inherited: Readonly<Record<string, string | undefined>>) {}

  /**
   * @returns stdout
   * @throws GitFailure for any exit code but 0, missingTool, notFound when the folder does not exist, and the AbortError
   */
  async run(folder: string, argv: readonly string[], options: GitOptions): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#run(folder, argv, options);
      } catch (error) {
        if (attempt === halfMadeAttempts || options.onOutput || !isHalfMade(error)) throw error;
        await delay(halfMadePauseMs * (0.5 + Math.random()));
      }
    }
  }

  async #run(folder: string, argv: readonly string[], options: GitOptions): Promise<string> {
    const { signal, input } = options;
    if (signal?.aborted) throw abortError(signal);
    if (argv.some((argument) => argument.includes('\0'))) {
      throw new AppError('invalidInput', 'A name or path holds a NUL character.');
    }
    const git = await this.#locate();
    const env = { ...gitEnvironment(this.inherited, options.trust, options.config), ...options.env };
    try {
      return await simpleGit({
        baseDir: folder,
        binary: git,
        ...(signal ? { abort: signal } : {}),
        // As bytes: of an empty text it would tell git no end, for which git waits forever.
        ...(input === undefined ? {} : { input: () => Buffer.from(input) }),
        allowEnvironment: Object.keys(env),
        // What reads starts nothing that lingers; and waiting would keep the process alive.
        completion: { onClose: true, onExit: options.trust === 'write' ? lingerMs : false },
        unsafe: argv[0] === 'config' ? unsafeInBranchSections : unsafe,
        errors: (error, result) => {
          if (error instanceof GitPluginError || result.exitCode === 0)
            return Buffer.isBuffer(error) ? undefined : error;
          return new GitFailure(
            result.exitCode,
            Buffer.concat(result.stdErr).toString('utf8'),
            Buffer.concat(result.stdOut).toString('utf8'),
          );
        },
      })
        .env(env)
        .outputHandler((_, stdout) => {
          if (options.onOutput) decoded(stdout, options.onOutput);
          endSilence(stdout);
        })
        .raw([...argv]);
    } catch (error) {
      if (signal?.aborted) throw abortError(signal);
      if (error instanceof GitConstructError) {
        throw new AppError('notFound', `The folder ${folder} does not exist.`, { cause: error });
      }
      throw error;
    }
  }

  /** As `run`; a failure gives undefined. */
  async try(folder: string, argv: readonly string[], options: GitOptions): Promise<string | undefined> {
    try {
      return await this.run(folder, argv, options);
    } catch (error) {
      if (error instanceof GitFailure) return undefined;
      throw error;
    }
  }

  async #locate(): Promise<string> {
    this.#binary ??= findExecutable('git', this.inherited);
    const binary = await this.#binary;
    if (binary !== undefined) return binary;
    this.#binary = undefined;
    throw new AppError('missingTool', 'git was not found. Install git and make sure that it is on the PATH.', {
      remedy: { title: 'Get git', action: { kind: 'openUrl', url: 'https://git-scm.com/downloads' } },
    });
  }
}

/**
 * After a command that printed nothing simple-git waits for another 50 ms, although its streams have ended by then: an empty piece of
 * output spares everybody that.
 */
function endSilence(stdout: NodeJS.ReadableStream): void {
  stdout.once('end', () => stdout.emit('data', Buffer.alloc(0)));
}

function isHalfMade(error: unknown): boolean {
  return halfMadeIn(error) !== undefined;
}

/** The git directory of a worktree that keeps git from looking at all of them. */
export function halfMadeIn(error: unknown): string | undefined {
  return error instanceof GitFailure ? halfMade.exec(error.stderr)?.[1] : undefined;
}

/** Characters whose bytes come in two pieces are told with the second. */
function decoded(stdout: NodeJS.ReadableStream, onOutput: (piece: string) => void): void {
  const decoder = new StringDecoder('utf8');
  stdout.on('data', (bytes: Buffer) => onOutput(decoder.write(bytes)));
}

/** What cannot be told apart by state: git's own words go into the explanation. */
export function gitFailed(what: string, error: unknown): unknown {
  if (!(error instanceof GitFailure)) return error;
  const said = error.stderr.trim();
  const line = said.split('\n').find((text) => /^(?:fatal|error): /.test(text)) ?? said.split('\n').at(-1) ?? '';
  const why = line.replace(/^(?:fatal|error): /, '') || `git ended with ${error.exitCode}`;
  // The words are git's own, pinned by LC_ALL and by a test: state does not tell it from an object that is lost.
  if (/^fatal: could not fetch [0-9a-f]+ from promisor remote$/m.test(said))
    return new AppError(
      'unreachable',
      `${what}: this is a partial clone, and its remote did not give what is still missing: ${why}`,
      { explanation: said, cause: error },
    );
  return new AppError('failed', `${what}: ${why}`, { explanation: said });
}
