import { AppError, isAppError } from '../../core/errors';
import { exec, type ExecResult } from '../exec/exec';

const defaultMs = 20_000;
/** One that works answers in a fraction of it, and one that does not run refuses at once. */
const defaultProbeMs = 10_000;
/** Says that a server has taken a question, and nothing else. */
export const lateAnswer = Symbol('late');
const outputBytes = 16 * 1024 * 1024;

export interface TemporalCliOptions {
  /** Absolute. */
  readonly program: string;
  /** Host and port. */
  readonly address: string;
  /** Whether it is Coppice's own server, which asks for nothing that files and variables of the person's own say. */
  readonly isPlain: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it is run. */
  readonly folder: string;
  /** How long a server may take to say that it is there. Milliseconds. */
  readonly probeMs?: number;
}

/** Temporal's own program, as a client of one server. No name that is given to it is read as an option. */
export class TemporalCli {
  constructor(private readonly options: TemporalCliOptions) {}

  get address(): string {
    return this.options.address;
  }

  get isPlain(): boolean {
    return this.options.isPlain;
  }

  /** @throws failed with the program's own words */
  async run(argv: readonly string[], signal: AbortSignal): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#exec(argv, signal);
    if (exitCode === 0) return stdout;
    throw new AppError('failed', `Temporal: ${argv.slice(0, 3).join(' ')} failed: ${reasonIn(stderr || stdout)}`, {
      explanation: stderr.trim() || stdout.trim(),
    });
  }

  /** What it says; undefined: it fails. @throws only the signal's reason */
  async answer(argv: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    const answer = await this.#answer(argv, signal, defaultMs);
    return answer === lateAnswer ? undefined : answer;
  }

  /** The same, as what is asked to learn whether it answers: `lateAnswer`: it has taken the question, and says nothing for long. */
  probe(argv: readonly string[], signal: AbortSignal): Promise<string | typeof lateAnswer | undefined> {
    return this.#answer(argv, signal, this.options.probeMs ?? defaultProbeMs);
  }

  async #answer(
    argv: readonly string[],
    signal: AbortSignal,
    within: number,
  ): Promise<string | typeof lateAnswer | undefined> {
    try {
      const { exitCode, stdout } = await this.#exec(argv, signal, within);
      return exitCode === 0 ? stdout : undefined;
    } catch (error) {
      if (isAppError(error, 'timeout')) return lateAnswer;
      if (isAppError(error)) return undefined;
      throw error;
    }
  }

  #exec(argv: readonly string[], signal: AbortSignal, timeoutMs = defaultMs): Promise<ExecResult> {
    const { program, address, isPlain, env, folder } = this.options;
    // The address and namespace of an environment that Coppice is called from are not meant.
    const { TEMPORAL_ADDRESS: _, TEMPORAL_NAMESPACE: __, ...others } = env;
    const plain = isPlain ? ['--disable-config-file', '--disable-config-env'] : [];
    return exec(
      {
        file: program,
        argv: [...argv, `--address=${address}`, ...plain, '--color=never', '--output=json'],
        cwd: folder,
        env: others,
        timeoutMs,
        maxOutputBytes: outputBytes,
      },
      signal,
    );
  }
}

function reasonIn(text: string): string {
  const [last = 'it says nothing'] = text.trim().split('\n').toReversed();
  return last.replace(/^Error: /, '');
}
