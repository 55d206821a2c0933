import { temporalFiles, type WantedTemporal } from '@coppice/cluster/contract';
import { isLoopback } from '@coppice/host/isLoopback';
import { isPortFree } from '@coppice/host/isPortFree';
import { parseRecord } from '@coppice/host/parseRecord';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { constants } from 'node:fs';
import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../core/errors';
import { isSameOwner } from '../../core/isSameOwner';
import type { Owner } from '../../core/model';
import type { TemporalNamespaces } from '../../core/ports/temporalNamespaces';
import type { Settings } from '../../core/settings';
import { findTemporal } from './findTemporal';
import { isAnyIn, namespacesIn, ownerData, ownerIn, workflowsIn } from './temporalAnswers';
import { TemporalCli } from './temporalCli';

export interface TemporalServerOptions {
  /** COPPICE_HOME. Absolute. */
  readonly home: string;
  readonly settings: () => Pick<Settings, 'temporal.address' | 'temporal.path'>;
  /** Its PATH is looked through. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long the server may take to answer, and a namespace until it can be used. Milliseconds. */
  readonly patienceMs?: number;
}

const pollMs = 100;
const defaultPatienceMs = 60_000;
/** How long what has ended in a namespace is kept. */
const retention = '168h';
/** The workflow by which a namespace that is being deleted is told from the next one of its name. */
const lastWorkflow = 'coppice-deleted';

interface Place {
  readonly host: string;
  readonly port: number;
}

/** The server at the address of the settings: Coppice's own, which the embedded cluster runs, or one of the person's own. */
export class TemporalServer implements TemporalNamespaces {
  readonly #folder: string;
  readonly #wantedFile: string;

  constructor(private readonly options: TemporalServerOptions) {
    this.#folder = join(options.home, temporalFiles.folder);
    this.#wantedFile = join(this.#folder, temporalFiles.wanted);
  }

  async verify(worktrees: readonly string[]): Promise<void> {
    this.#place();
    await this.#program(worktrees);
  }

  async connect(worktrees: readonly string[], signal: AbortSignal): Promise<void> {
    const place = this.#place();
    const program = await this.#program(worktrees);
    const begun = Date.now();
    const isOurs = await this.#want(place, program);
    const cli = this.#cli(program, isOurs);
    await this.#until(signal, async () => {
      if ((await cli.answer(health, signal)) !== undefined) return true;
      const end = isOurs ? await this.#endSince(begun) : undefined;
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
    return (await this.#wanted())?.isOurs === true ? this.#endSince(0) : undefined;
  }

  async answers(signal: AbortSignal): Promise<boolean> {
    const wanted = await this.#wanted();
    if (!wanted) return false;
    return (await this.#cli(wanted.program, wanted.isOurs).answer(health, signal)) !== undefined;
  }

  async owner(namespace: string, signal: AbortSignal): Promise<Owner | 'foreign' | undefined> {
    const cli = await this.#reached();
    const found = namespacesIn(await cli.run(['operator', 'namespace', 'list'], signal)).find(
      ({ name }) => name === namespace,
    );
    return found && (ownerIn(found.data) ?? 'foreign');
  }

  async register(namespace: string, owner: Owner, signal: AbortSignal): Promise<'registered' | 'found'> {
    const cli = await this.#reached();
    const holder = await this.owner(namespace, signal);
    if (holder !== undefined) this.#refuse(namespace, holder, owner);
    if (holder === undefined) {
      const data = ownerData(owner).map((each) => `--data=${each}`);
      await cli.run(
        ['operator', 'namespace', 'create', `--namespace=${namespace}`, `--retention=${retention}`, ...data],
        signal,
      );
    }
    // The server takes a name for a moment for the deleted namespace that had it, and loses what is started then.
    await this.#soon(signal, `does not serve the namespace ${namespace}`, async () => {
      const all = await cli.answer(listLast(namespace), signal);
      return all !== undefined && !isAnyIn(all);
    });
    return holder === undefined ? 'registered' : 'found';
  }

  async workflows(namespace: string, signal: AbortSignal): Promise<number> {
    if ((await this.owner(namespace, signal)) === undefined) return 0;
    const cli = await this.#reached();
    const query = `--query=WorkflowId != "${lastWorkflow}"`;
    return workflowsIn(await cli.run(['workflow', 'count', `--namespace=${namespace}`, query], signal));
  }

  async remove(namespace: string, owner: Owner, signal: AbortSignal): Promise<void> {
    const cli = await this.#reached();
    const holder = await this.owner(namespace, signal);
    if (holder === undefined) return;
    this.#refuse(namespace, holder, owner);
    // The server keeps workflows for as long as it may take a name for the deleted namespace.
    const last = [`--workflow-id=${lastWorkflow}`, `--type=${lastWorkflow}`, `--task-queue=${lastWorkflow}`];
    await cli.run(
      ['workflow', 'start', `--namespace=${namespace}`, ...last, '--id-conflict-policy=UseExisting'],
      signal,
    );
    await this.#soon(signal, `does not show the workflows of ${namespace}`, async () =>
      isAnyIn((await cli.answer(listLast(namespace), signal)) ?? ''),
    );
    await cli.run(['operator', 'namespace', 'delete', `--namespace=${namespace}`, '--yes'], signal);
  }

  #refuse(namespace: string, holder: Owner | 'foreign', owner: Owner): void {
    if (holder !== 'foreign' && isSameOwner(holder, owner)) return;
    const whose = holder === 'foreign' ? 'was not made by Coppice' : 'belongs to another environment';
    throw new AppError('conflict', `The namespace ${namespace} in Temporal (${this.#address}) ${whose}.`, {
      explanation: `If nobody needs it: temporal operator namespace delete --address ${this.#address} --namespace ${namespace}`,
    });
  }

  get #address(): string {
    return this.options.settings()['temporal.address'];
  }

  /** @throws notConfigured */
  #place(): Place {
    const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:\s]+):(\d{1,5})$/.exec(this.#address) ?? [];
    if (host !== '' && Number(port) > 0 && Number(port) < 65_536) return { host, port: Number(port) };
    throw new AppError('notConfigured', `The setting coppice.temporal.address is no host and port: ${this.#address}`, {
      remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'temporal.address' } },
    });
  }

  /** That of the setting; else the one that the server was started with, as long as it is there. */
  async #program(worktrees: readonly string[]): Promise<string> {
    const named = this.options.settings()['temporal.path'];
    const known = named === '' ? (await this.#wanted())?.program : undefined;
    if (known !== undefined && (await isExecutable(known))) return known;
    return findTemporal(named, this.options.env, worktrees);
  }

  /** Says which server there is to be. @returns whether it is Coppice's own */
  async #want({ host, port }: Place, program: string): Promise<boolean> {
    const before = await this.#wanted();
    const listening = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1');
    const isSamePlace = before?.host === listening && before.port === port;
    const isOurs =
      isLoopback(host) && ((isSamePlace && before.isOurs) || (await isPortFree(port, { hosts: [listening] })));
    const wanted: WantedTemporal = { program, host: listening, port, isOurs };
    if (JSON.stringify(before) === JSON.stringify(wanted)) return isOurs;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFileAtomically(this.#wantedFile, JSON.stringify(wanted));
    return isOurs;
  }

  async #wanted(): Promise<WantedTemporal | undefined> {
    const text = await readFile(this.#wantedFile, 'utf8').catch(() => '');
    const { program, host, port, isOurs } = parseRecord(text) ?? {};
    if (typeof program !== 'string' || typeof host !== 'string' || typeof port !== 'number') return undefined;
    return { program, host, port, isOurs: isOurs === true };
  }

  /** For what is asked of a server that answers. */
  async #reached(): Promise<TemporalCli> {
    return this.#cli(await this.#program([]), (await this.#wanted())?.isOurs === true);
  }

  #cli(program: string, isPlain: boolean): TemporalCli {
    return new TemporalCli({ program, address: this.#address, isPlain, env: this.options.env, folder: this.#folder });
  }

  /** Why Coppice's own has ended since then. */
  async #endSince(time: number): Promise<string | undefined> {
    const text = await readFile(join(this.#folder, temporalFiles.lastEnd), 'utf8').catch(() => '');
    const { at, reason } = parseRecord(text) ?? {};
    if (typeof at !== 'string' || typeof reason !== 'string' || !(Date.parse(at) >= time)) return undefined;
    return reason;
  }

  async #soon(signal: AbortSignal, trouble: string, isDone: () => Promise<boolean>): Promise<void> {
    await this.#until(signal, isDone).catch((error: unknown) => {
      throw error === late ? new AppError('timeout', `Temporal (${this.#address}) ${trouble}.`) : error;
    });
  }

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

function listLast(namespace: string): readonly string[] {
  return ['workflow', 'list', `--namespace=${namespace}`, `--query=WorkflowId = "${lastWorkflow}"`];
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
