import { temporalFiles } from '@coppice/cluster/contract';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, isAppError } from '../../core/errors';
import type { Owner } from '../../core/model';
import type { ReachNamespace, TemporalNamespaces } from '../../core/ports/temporalNamespaces';
import { findTemporal } from './findTemporal';
import { hangs, HangingServers } from './hangingServers';
import { countOn, registerOn, removeOn, type Soon } from './namespaceChanges';
import { ownerOn, refuseOther } from './namespaceOn';
import { RegisteredServers, type RegisteredServer } from './registeredServers';
import { clusterIn } from './temporalAnswers';
import { lateAnswer, TemporalCli } from './temporalCli';
import type { TemporalServerOptions } from './temporalServerOptions';
import { addressOf, TemporalWish, type TemporalPlace } from './temporalWish';

const pollMs = 100;
const defaultPatienceMs = 60_000;
/** A cluster that runs has tried to start its server by then: why it ended before is why it does not run. */
const triedMs = 5_000;

/** The server at the address of the settings: Coppice's own, which the embedded cluster runs, or one of the person's own. */
export class TemporalServer implements TemporalNamespaces {
  readonly #folder: string;
  readonly #wanted: TemporalWish;
  readonly #registered: RegisteredServers;
  readonly #hanging = new HangingServers();
  /** Folders in which no program is taken. */
  #worktrees: readonly string[] = [];

  constructor(private readonly options: TemporalServerOptions) {
    this.#folder = join(options.home, temporalFiles.folder);
    this.#wanted = new TemporalWish(this.#folder);
    this.#registered = new RegisteredServers(this.#folder);
  }

  async verify(worktrees: readonly string[]): Promise<void> {
    this.#worktrees = worktrees;
    this.#place();
    await this.#program();
  }

  async connect(worktrees: readonly string[], signal: AbortSignal): Promise<void> {
    this.#worktrees = worktrees;
    const place = this.#place();
    const program = await this.#program();
    const before = await this.#wanted.lastEnd();
    const isOurs = await this.#wanted.want(place, program);
    const cli = this.#cli(program, isOurs);
    await this.#until(signal, async () => {
      const isAnswered = (await cli.answer(health, signal)) !== undefined;
      // Where Coppice's own has ended, what answers is another's.
      const end = isOurs ? await this.#wanted.endSince(isAnswered ? undefined : before) : undefined;
      if (isAnswered && end === undefined) return true;
      if (end === undefined) return false;
      throw new AppError('failed', `Temporal's server does not start: ${end.split('\n')[0] ?? end}`, {
        explanation: `${end}\nIts log: ${join(this.#folder, temporalFiles.log)}. Where it listens: the setting coppice.temporal.address.`,
        remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'temporal.address' } },
      });
    }).catch((error: unknown) => {
      if (error !== late) throw error;
      throw new AppError('timeout', `Temporal does not answer at ${this.#address}.`, {
        explanation: isOurs
          ? `Its log: ${join(this.#folder, temporalFiles.log)}.`
          : 'The setting coppice.temporal.address names this server. Coppice starts one of its own where the address is one of this machine.',
      });
    });
  }

  /** Why Coppice's own does not run; undefined: it does, or none is wanted. By what was written down: nobody is asked. */
  async trouble(): Promise<string | undefined> {
    return (await this.#wanted.read())?.isOurs === true ? this.#wanted.endSince(undefined) : undefined;
  }

  async answers(signal: AbortSignal): Promise<boolean> {
    const wanted = await this.#wanted.read();
    if (!wanted) return false;
    return (await this.#cli(wanted.program, wanted.isOurs).answer(health, signal)) !== undefined;
  }

  async owner(namespace: string, signal: AbortSignal): Promise<Owner | 'foreign' | undefined> {
    return ownerOn(await this.#reached(), namespace, signal);
  }

  async reach(
    namespace: string,
    { waits, worktrees }: ReachNamespace,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    this.#worktrees = worktrees;
    for (const server of await this.#serversOf(namespace)) {
      const found = await this.#ask(server, waits, signal);
      if (typeof found === 'string') return found;
    }
    return undefined;
  }

  async owners(namespace: string, signal: AbortSignal): Promise<readonly (Owner | 'foreign')[]> {
    const all = await Promise.all((await this.#asked(namespace, signal)).map((cli) => ownerOn(cli, namespace, signal)));
    return all.filter((each) => each !== undefined);
  }

  async register(namespace: string, owner: Owner, signal: AbortSignal): Promise<'registered' | 'found'> {
    const cli = await this.#reached();
    const holder = await this.owner(namespace, signal);
    if (holder !== undefined) refuseOther(namespace, cli, holder, owner);
    const cluster = clusterIn((await cli.answer(describe, signal)) ?? '');
    await this.#registered.add(namespace, { address: cli.address, isOurs: cli.isPlain, cluster });
    return registerOn(cli, namespace, owner, this.#soon, signal);
  }

  async workflows(namespace: string, signal: AbortSignal): Promise<number> {
    let count = 0;
    for (const cli of await this.#asked(namespace, signal)) count += await countOn(cli, namespace, signal);
    return count;
  }

  async remove(namespace: string, owner: Owner, signal: AbortSignal, leaves = false): Promise<string | undefined> {
    let left: string | undefined;
    const found: TemporalCli[] = [];
    for (const server of await this.#serversOf(namespace)) {
      const cli = await this.#ask(server, false, signal);
      if (typeof cli !== 'string') found.push(cli);
      else if (leaves) left = cli;
      else throw new AppError('unreachable', `The namespace ${namespace} in Temporal cannot be deleted: ${cli}.`);
    }
    for (const cli of found)
      await removeOn(cli, namespace, owner, this.#soon, signal).catch((error: unknown) => {
        if (!leaves || !isAppError(error) || error.code === 'conflict') throw error;
        left = error.message.replace(/\.$/, '');
      });
    await this.#registered.forget(namespace);
    return left;
  }

  async withdraw(namespace: string, owner: Owner, signal: AbortSignal): Promise<void> {
    const cli = await this.#reached();
    const cluster = clusterIn((await cli.answer(describe, signal)) ?? '');
    await removeOn(cli, namespace, owner, this.#soon, signal);
    await this.#registered.forget(namespace, { address: cli.address, isOurs: cli.isPlain, cluster });
  }

  /** Where it was registered; of an older Coppice only the last server is known. */
  async #serversOf(namespace: string): Promise<readonly RegisteredServer[]> {
    const known = await this.#registered.of(namespace);
    if (known.length > 0) return known;
    const wanted = await this.#wanted.read();
    return wanted ? [{ address: addressOf(wanted), isOurs: wanted.isOurs, cluster: undefined }] : [];
  }

  /** Those of its servers that answer. */
  async #asked(namespace: string, signal: AbortSignal): Promise<readonly TemporalCli[]> {
    const found: TemporalCli[] = [];
    for (const server of await this.#serversOf(namespace)) {
      const cli = await this.#ask(server, false, signal);
      if (typeof cli !== 'string') found.push(cli);
    }
    return found;
  }

  /** Starts none that Coppice does not run already. @returns or why it cannot be asked */
  async #ask(server: RegisteredServer, waits: boolean, signal: AbortSignal): Promise<TemporalCli | string> {
    const wanted = await this.#wanted.read();
    if (server.isOurs && wanted?.isOurs !== true)
      return 'it was registered in the server that Coppice runs, which does not run: another server listens at the address of coppice.temporal.address';
    // What Coppice's own knows is in its file, wherever it listens.
    const address = server.isOurs && wanted ? addressOf(wanted) : server.address;
    const begun = performance.now();
    const before = await this.#wanted.lastEnd();
    try {
      const program = await this.#program();
      if (server.isOurs && waits && wanted && program !== wanted.program)
        await this.#wanted.write({ ...wanted, program });
      const cli = this.#cli(program, server.isOurs, address);
      let trouble = `Temporal does not answer at ${address}`;
      let lates = 0;
      if (this.#hanging.isKnown(address)) throw new AppError('unreachable', hangs(address));
      await this.#until(signal, async () => {
        const told = await cli.probe(describe, signal);
        if (told === lateAnswer) {
          // Its own is just being started: a machine that is busy is given twice as long.
          if (waits && server.isOurs && lates++ === 0) return false;
          this.#hanging.note(address);
          trouble = hangs(address);
          throw late;
        }
        const isAnswered =
          told !== undefined || (server.cluster === undefined && (await cli.answer(health, signal)) !== undefined);
        const isTried = isAnswered || performance.now() - begun > triedMs;
        const end = server.isOurs ? await this.#wanted.endSince(isTried ? undefined : before) : undefined;
        if (end !== undefined) trouble = `Temporal does not run: ${end.split('\n')[0] ?? end}`;
        else if (isAnswered && server.cluster !== undefined && clusterIn(told ?? '') !== server.cluster)
          trouble = `another server than the one where it was registered answers at ${address}`;
        else if (isAnswered) return true;
        if (isAnswered || end !== undefined || !waits || !server.isOurs) throw late;
        return false;
      }).catch((error: unknown) => {
        if (error !== late) throw error;
        throw new AppError('unreachable', trouble);
      });
      return cli;
    } catch (error) {
      if (isAppError(error)) return error.message.replace(/\.$/, '');
      throw error;
    }
  }

  get #address(): string {
    return this.options.settings()['temporal.address'];
  }

  /** @throws notConfigured */
  #place(): TemporalPlace {
    const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:\s]+):(\d{1,5})$/.exec(this.#address) ?? [];
    if (host !== '' && Number(port) > 0 && Number(port) < 65_536) return { host, port: Number(port) };
    throw new AppError('notConfigured', `The setting coppice.temporal.address is no host and port: ${this.#address}`, {
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'temporal.address' } },
    });
  }

  /** That of the setting; else the one that the server was started with, as long as it is there. */
  async #program(): Promise<string> {
    const named = this.options.settings()['temporal.path'];
    const known = named === '' ? (await this.#wanted.read())?.program : undefined;
    return findTemporal(named, this.options.env, this.#worktrees, known);
  }

  /** For what is asked of a server that answers. */
  async #reached(): Promise<TemporalCli> {
    return this.#cli(await this.#program(), (await this.#wanted.read())?.isOurs === true);
  }

  #cli(program: string, isPlain: boolean, address = this.#address): TemporalCli {
    const { env, probeMs } = this.options;
    return new TemporalCli({ program, address, isPlain, env, folder: this.#folder, ...(probeMs ? { probeMs } : {}) });
  }

  readonly #soon: Soon = async ({ address }, signal, trouble, isDone) => {
    await this.#until(signal, isDone).catch((error: unknown) => {
      throw error === late ? new AppError('timeout', `Temporal (${address}) ${trouble}.`) : error;
    });
  };

  async #until(signal: AbortSignal, isDone: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + (this.options.patienceMs ?? defaultPatienceMs);
    while (!(await isDone())) {
      if (performance.now() > deadline) throw late;
      await delay(pollMs, undefined, { signal });
    }
  }
}

const late = new Error('late');
const health = ['operator', 'cluster', 'health'];
const describe = ['operator', 'cluster', 'describe'];
