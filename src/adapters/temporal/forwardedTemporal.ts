import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, isAppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import type { ReachNamespace, TemporalNamespaces } from '../../core/ports/temporalNamespaces';
import type { Settings } from '../../core/settings';
import { findTemporal } from './findTemporal';
import { countOn, registerOn, removeOn, type Soon } from './namespaceChanges';
import { ownerOn } from './namespaceOn';
import { TemporalCli } from './temporalCli';

export interface ForwardedTemporalOptions {
  /** Where the program is run. Absolute. */
  readonly folder: string;
  /** As pods reach it, for a person. */
  readonly name: string;
  readonly settings: () => Pick<Settings, 'temporal.path'>;
  /** Its PATH is looked through. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Makes a port of this machine lead to the server, or finds the one that does. @throws AppError */
  readonly open: () => Promise<{ readonly localPort: number }>;
  /** Whether all of what the server belongs to was removed, with what it kept. Asked where it is not reached. @throws AppError where nobody can tell */
  readonly isRemoved: (signal: AbortSignal) => Promise<boolean>;
  /** How long the server may take to answer, and a namespace until it can be used. Milliseconds. */
  readonly patienceMs?: number;
}

const pollMs = 200;
const defaultPatienceMs = 60_000;
const describe = ['operator', 'cluster', 'describe'];
const health = ['operator', 'cluster', 'health'];

/**
 * A server in a cluster, reached through a port of this machine's own: the one that all environments of that cluster have theirs on, so
 * that nobody has to remember where a namespace was registered. Where the server was removed for good nothing is there, and nothing is in the way.
 */
export class ForwardedTemporal implements TemporalNamespaces {
  /** Folders in which no program is taken. */
  #worktrees: readonly string[] = [];

  constructor(private readonly options: ForwardedTemporalOptions) {}

  async verify(worktrees: readonly string[]): Promise<void> {
    this.#worktrees = worktrees;
    await this.#program();
  }

  async connect(worktrees: readonly string[], signal: AbortSignal): Promise<void> {
    this.#worktrees = worktrees;
    const cli = await this.#cli();
    await this.#soon(cli, signal, 'does not answer', async () => (await cli.answer(health, signal)) !== undefined);
  }

  async answers(signal: AbortSignal): Promise<boolean> {
    const cli = await this.#cli().catch(unlessAppError);
    return cli !== undefined && (await cli.answer(health, signal)) !== undefined;
  }

  async owner(namespace: string, signal: AbortSignal): Promise<Owner | 'foreign' | undefined> {
    return ownerOn(await this.#cli(), namespace, signal);
  }

  async register(namespace: string, owner: Owner, signal: AbortSignal): Promise<'registered' | 'found'> {
    return registerOn(await this.#cli(), namespace, owner, this.#soon, signal);
  }

  async reach(_: string, { worktrees }: ReachNamespace, signal: AbortSignal): Promise<string | undefined> {
    this.#worktrees = worktrees;
    const trouble = await this.#trouble(signal);
    return trouble === undefined || (await this.#isRemoved(signal)) ? undefined : trouble;
  }

  async owners(namespace: string, signal: AbortSignal): Promise<readonly (Owner | 'foreign')[]> {
    const cli = await this.#reached(signal);
    const found = cli && (await ownerOn(cli, namespace, signal));
    return found === undefined ? [] : [found];
  }

  async workflows(namespace: string, signal: AbortSignal): Promise<number> {
    const cli = await this.#reached(signal);
    return cli ? countOn(cli, namespace, signal) : 0;
  }

  async remove(namespace: string, owner: Owner, signal: AbortSignal, leaves = false): Promise<string | undefined> {
    const trouble = await this.#trouble(signal);
    if (trouble !== undefined && (await this.#isRemoved(signal))) return undefined;
    if (trouble !== undefined && leaves) return trouble;
    if (trouble !== undefined)
      throw new AppError('unreachable', `The namespace ${namespace} in Temporal cannot be deleted: ${trouble}.`);
    try {
      await this.withdraw(namespace, owner, signal);
      return undefined;
    } catch (error) {
      if (!leaves || !isAppError(error) || error.code === 'conflict') throw error;
      return error.message.replace(/\.$/, '');
    }
  }

  async withdraw(namespace: string, owner: Owner, signal: AbortSignal): Promise<void> {
    await removeOn(await this.#cli(), namespace, owner, this.#soon, signal);
  }

  /** Why it cannot be asked, without a full stop. */
  async #trouble(signal: AbortSignal): Promise<string | undefined> {
    try {
      const told = await (await this.#cli()).probe(describe, signal);
      return typeof told === 'string' ? undefined : `Temporal does not answer at ${this.options.name}`;
    } catch (error) {
      if (isAppError(error)) return error.message.replace(/\.$/, '');
      throw error;
    }
  }

  /** Where nobody can tell it is there. */
  async #isRemoved(signal: AbortSignal): Promise<boolean> {
    return (await this.options.isRemoved(signal).catch(unlessAppError)) ?? false;
  }

  /** undefined: it does not answer. */
  async #reached(signal: AbortSignal): Promise<TemporalCli | undefined> {
    const cli = await this.#cli().catch(unlessAppError);
    return cli && typeof (await cli.probe(describe, signal)) === 'string' ? cli : undefined;
  }

  async #cli(): Promise<TemporalCli> {
    const { folder, env, open } = this.options;
    const program = await this.#program();
    const { localPort } = await open();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // It is no server that files and variables of the person's own speak of.
    return new TemporalCli({ program, address: `127.0.0.1:${localPort}`, isPlain: true, env, folder });
  }

  #program(): Promise<string> {
    const { settings, env } = this.options;
    return findTemporal(settings()['temporal.path'], env, this.#worktrees);
  }

  readonly #soon: Soon = async (_, signal, trouble, isDone) => {
    const deadline = performance.now() + (this.options.patienceMs ?? defaultPatienceMs);
    while (!(await isDone())) {
      if (performance.now() > deadline) throw new AppError('timeout', `Temporal (${this.options.name}) ${trouble}.`);
      await delay(pollMs, undefined, { signal });
    }
  };
}

function unlessAppError(error: unknown): undefined {
  if (!isAppError(error)) throw error;
}
