import { askWeb, type WebAnswer } from '@coppice/host/askWeb';
import { temporalFiles } from '@coppice/cluster/contract';
import { parseRecord } from '@coppice/host/parseRecord';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { isAppError } from '../../core/errors';
import { isSameOwner } from '../../core/clusters/isSameOwner';
import type { OwnedNamespace, TemporalWorkflows } from '../../core/ports/temporalWorkflows';
import { temporalPageAt, type TemporalNews } from '../../core/temporalNews';
import type { Settings } from '../../core/settings';
import { lastWorkflow } from './namespaceOn';
import { RegisteredServers } from './registeredServers';
import { clusterIn, namespaceIn, ownerIn, workflowStatesIn } from './temporalAnswers';
import { addressOf, TemporalWish } from './temporalWish';

const limit = { mostBytes: 256 * 1024, tooLong: 'too long an answer' };

export interface TemporalWebOptions {
  /** COPPICE_HOME. Absolute. */
  readonly home: string;
  readonly settings: () => Pick<Settings, 'temporal.address' | 'temporal.ui'>;
  /** A server in a cluster, whose web interface is reached through a port of this machine's own; none: that of the settings. */
  readonly forwarded?: {
    /** As pods reach it, for a person. */
    readonly name: string;
    /** @throws AppError where nothing leads there */
    readonly open: () => Promise<{ readonly localPort: number }>;
  };
  /** How long one may take to answer. Milliseconds. */
  readonly patienceMs?: number;
}

const defaultPatienceMs = 3_000;
/** As Temporal's own program has it, where it is told nothing. */
const offset = 1000;
/** As long as a network takes. */
const listenMs = 1_000;
/** How many namespaces are asked of at a time. */
const atOnce = 4;

/** The web interface of the server at the address of the settings: Coppice's own, or one of the person's own. */
export class TemporalWeb implements TemporalWorkflows {
  readonly #folder: string;
  readonly #registered: RegisteredServers;

  constructor(private readonly options: TemporalWebOptions) {
    this.#folder = join(options.home, temporalFiles.folder);
    this.#registered = new RegisteredServers(this.#folder);
  }

  async read(namespaces: readonly OwnedNamespace[], signal: AbortSignal): Promise<ReadonlyMap<string, TemporalNews>> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(this.options.patienceMs ?? defaultPatienceMs)]);
    const found = new Map<string, TemporalNews>();
    const base = await this.#base();
    // One question tells of a server that is away, which is the same for all.
    const cluster = base === undefined ? undefined : await this.#ask(base, 'cluster-info', within, signal);
    if (base === undefined || !cluster || cluster.status !== 200) {
      const news = await this.#silent(base, cluster, signal);
      for (const { name } of namespaces) found.set(name, news);
      signal.throwIfAborted();
      return found;
    }
    const left = [...namespaces];
    const work = async (): Promise<void> => {
      for (let each = left.shift(); each; each = left.shift())
        found.set(each.name, await this.#newsOf(base, clusterIn(cluster.body), each, within, signal));
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const sorted = namespaces.map(({ name }) => [name, found.get(name) ?? this.#untold(base)] as const);
    return new Map(sorted);
  }

  async #newsOf(
    base: string,
    cluster: string | undefined,
    { name, owner }: OwnedNamespace,
    within: AbortSignal,
    signal: AbortSignal,
  ): Promise<TemporalNews> {
    const address = this.#address;
    const known = (await this.#registered.of(name)).filter((each) => each.cluster !== undefined);
    const place = `namespaces/${encodeURIComponent(name)}`;
    const told = await this.#ask(base, place, within, signal);
    if (told?.status === 404) {
      // What has this web interface may be another than what listens at the address.
      const isOther = known.length > 0 && !known.some((each) => each.cluster === cluster);
      const why = `its namespace ${name} is not in Temporal at ${address}`;
      return { state: 'missing', why: isOther ? `${why}, which is another server than the one that had it` : why };
    }
    const holder = told?.status === 200 ? namespaceIn(told.body) : undefined;
    if (!holder) return this.#untold(base);
    const found = ownerIn(holder.data);
    if (!found || !isSameOwner(found, owner)) {
      const whose = found ? 'belongs to another environment' : 'was not made by Coppice';
      return { state: 'missing', why: `the namespace ${name} in Temporal at ${address} ${whose}` };
    }
    const query = encodeURIComponent(`WorkflowId != "${lastWorkflow}" GROUP BY ExecutionStatus`);
    const counted = await this.#ask(base, `${place}/workflow-count?query=${query}`, within, signal);
    const states = counted?.status === 200 ? workflowStatesIn(counted.body) : undefined;
    if (!states) return this.#untold(base);
    const of = (state: string): number => states.get(state) ?? 0;
    const count = { running: of('Running'), failed: of('Failed') + of('TimedOut') };
    // A port of this process goes with it: the page has another address.
    if (this.options.forwarded) return { state: 'told', ...count };
    return { state: 'told', ...count, page: temporalPageAt(base, name) };
  }

  /** What is to be said where its web interface says nothing. */
  async #silent(base: string | undefined, answer: WebAnswer | undefined, signal: AbortSignal): Promise<TemporalNews> {
    const address = this.#address;
    if (this.options.forwarded) return this.#untold(base);
    if (answer === undefined && !(await listens(address, signal)))
      return { state: 'away', why: `Temporal does not answer at ${address}` };
    return this.#untold(base);
  }

  /** Where its pages are; undefined: nobody can tell. */
  async #base(): Promise<string | undefined> {
    const { forwarded } = this.options;
    if (forwarded) {
      const open = await forwarded.open().catch(unlessAppError);
      return open && `http://127.0.0.1:${open.localPort}`;
    }
    const named = this.options.settings()['temporal.ui'].replace(/\/+$/, '');
    if (named !== '') return URL.canParse(named) && /^https?:/i.test(named) ? named : undefined;
    const wanted = await new TemporalWish(this.#folder).read();
    const place = /^(.*):(\d{1,5})$/.exec(this.#address);
    const [, host = '', port = ''] = place ?? [];
    const isOurs = wanted?.isOurs === true && wanted.port === Number(port);
    if (!isOurs)
      return place && Number(port) + offset <= 65_535 ? `http://${host}:${Number(port) + offset}` : undefined;
    const text = await readFile(join(this.#folder, temporalFiles.pages), 'utf8').catch(() => '');
    const { port: pages } = parseRecord(text) ?? {};
    return typeof pages === 'number' ? `http://${addressOf({ host: wanted.host, port: pages })}` : undefined;
  }

  /** undefined: it does not answer in time. @throws the signal's reason */
  async #ask(base: string, path: string, within: AbortSignal, signal: AbortSignal): Promise<WebAnswer | undefined> {
    try {
      return await askWeb(new URL(`${base}/api/v1/${path}`), limit, within);
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  #untold(base: string | undefined): TemporalNews {
    const name = this.options.forwarded?.name;
    if (name !== undefined) return { state: 'untold', why: `the web interface of Temporal (${name}) does not answer` };
    const where = base === undefined ? 'is not known' : `does not answer at ${base}`;
    return {
      state: 'untold',
      why: `where Temporal has its web interface ${where}: the setting coppice.temporal.ui says it`,
    };
  }

  get #address(): string {
    return this.options.forwarded?.name ?? this.options.settings()['temporal.address'];
  }
}

function unlessAppError(error: unknown): undefined {
  if (!isAppError(error)) throw error;
}

/** Whether anything does at an address. Never rejects. */
function listens(address: string, signal: AbortSignal): Promise<boolean> {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(address) ?? [];
  if (host === '') return Promise.resolve(false);
  return new Promise((resolve) => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(listenMs)]);
    const socket = connect({ host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port), signal: within });
    const settle = (isThere: boolean) => (): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', settle(true));
    socket.once('error', settle(false));
  });
}
