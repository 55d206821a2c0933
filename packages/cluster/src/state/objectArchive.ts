import { copyFile, link, readFile, rename, rm } from 'node:fs/promises';
import { readOwnRecord } from '@coppice/host/migrateRecord';
import { textAt, type KubeObject } from '../schema/kubeObject';
import type { ObjectStore, StoreSnapshot } from '../store/objectStore';
import { LEAP } from '../store/resourceVersions';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { stateRecord } from './stateRecords';

const SAVE_AFTER_MS = 100;
/** Of what somebody wanted nothing has changed, only what was seen of it, which the next cluster sees by itself. */
const SAVE_STATUS_AFTER_MS = 5_000;
/** A disk that was full has room again some time, and nothing says so. */
const RETRY_AFTER_MS = 5_000;
/** What the next cluster makes anew from the rest. */
const VOLATILE = new Set(['Pod', 'Event', 'EndpointSlice', 'Endpoints', 'Lease', 'Node']);

/** Keeps the objects of the cluster on disk. */
export class ObjectArchive {
  private timer: NodeJS.Timeout | undefined;
  private due = 0;
  private saving: Promise<void> = Promise.resolve();
  private dirty = false;
  private closed = false;
  private failure: string | undefined;
  /** As the event log counts: of the last event, and of the last that is saved. */
  private revision = 0;
  private saved = 0;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly file: string,
    private readonly objects: ObjectStore,
    private readonly log: (message: string) => void,
    /** Whether the file is another cluster's by now: what this one knows is old then, and not to be written over it. */
    private readonly isLost: () => Promise<boolean> = () => Promise.resolve(false),
  ) {}

  /** Saves every change from now on, at most a moment after it happened; one of nothing but a status some seconds after. */
  start(): void {
    this.unsubscribe = this.objects.subscribe(({ type, kind, object, previous, revision }) => {
      this.revision = revision;
      const isVolatileOnly = VOLATILE.has(kind) && !isOver(object);
      // Versions count all changes, and the next cluster's are to begin beyond them.
      if (isVolatileOnly && revision - this.saved < LEAP / 2) return;
      this.dirty = true;
      const isStatus = type === 'MODIFIED' && !VOLATILE.has(kind) && previous && isStatusOnly(previous, object);
      const isSeenOnly = isVolatileOnly || isStatus;
      this.soon(isSeenOnly ? SAVE_STATUS_AFTER_MS : SAVE_AFTER_MS);
    });
    // Its versions go on beyond those of the one before it: the one after it is to know that, whatever comes.
    this.dirty = Number(this.objects.resourceVersion) >= LEAP;
    if (this.dirty) this.soon(SAVE_AFTER_MS);
  }

  private soon(ms: number): void {
    const due = performance.now() + ms;
    if (this.timer && this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  /** Resolves when what there is now is on disk. Never rejects: a full disk is told in the log and by `trouble`, and tried again. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.saving = this.saving.then(() => this.save());
    return this.saving;
  }

  /** Saves what is not saved yet. @returns why that cannot be done; undefined: all that there is now is on disk */
  async trouble(): Promise<string | undefined> {
    await this.flush();
    return this.failure;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.unsubscribe?.();
    await this.flush();
  }

  private async save(): Promise<void> {
    if (!this.dirty) return;
    if (await this.isLost()) {
      this.failure = `${this.file} is another cluster's now`;
      return;
    }
    this.dirty = false;
    const saved = this.revision;
    const { revision, objects } = this.objects.snapshot();
    const kept = objects.filter((object) => !isVolatile(object));
    try {
      await keepCopy(this.file);
      await writeFileAtomically(this.file, JSON.stringify({ version: stateRecord.version, revision, objects: kept }));
      this.failure = undefined;
      this.saved = saved;
    } catch (error) {
      this.dirty = true;
      const failure = `${this.file}: ${error instanceof Error ? error.message : String(error)}`;
      // The name of the new file is another one each time.
      if (this.failure === undefined) this.log(`cannot save the state: ${failure}`);
      this.failure = failure;
      if (!this.closed) this.soon(RETRY_AFTER_MS);
    }
  }
}

/** What is the same in both versions is one value: see shareUnchanged. */
function isStatusOnly(previous: KubeObject, object: KubeObject): boolean {
  return (
    isSameBut(['status', 'metadata'], previous, object) &&
    isSameBut(['resourceVersion', 'managedFields'], previous.metadata, object.metadata)
  );
}

function isSameBut(fields: readonly string[], one: object, other: object): boolean {
  const names = [...Object.keys(one), ...Object.keys(other)].filter((name) => !fields.includes(name));
  return names.every((name) => Reflect.get(one, name) === Reflect.get(other, name));
}

/** The state that is about to be replaced stays beside the new one. */
async function keepCopy(file: string): Promise<void> {
  const copy = `${file}.1`;
  await rm(copy, { force: true });
  await link(file, copy).catch(() => copyFile(file, copy).catch(() => undefined));
}

/**
 * What the last cluster saved; a file that cannot be understood is moved aside, and the copy before it is used. Rejects when
 * there is a file that cannot be read now, or that a newer cluster saved: an empty cluster would soon be saved in its place.
 */
export async function loadArchive(file: string, log: (message: string) => void): Promise<StoreSnapshot | undefined> {
  for (const candidate of [file, `${file}.1`]) {
    const text = await readFile(candidate, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) continue;
    const state = readOwnRecord(stateRecord, text, candidate);
    if (state) {
      if (candidate !== file) log(`using the copy ${candidate}`);
      return { revision: state.revision, objects: state.objects };
    }
    const aside = `${candidate}.broken-${new Date().toISOString().replaceAll(':', '')}`;
    log(`${candidate} is damaged; it is kept as ${aside}`);
    await rename(candidate, aside).catch((error: unknown) => log(String(error)));
  }
  return undefined;
}

/** webernetes makes its own DNS service at every start. */
function isVolatile(object: KubeObject): boolean {
  const { namespace, name } = object.metadata;
  return (
    (VOLATILE.has(object.kind) && !isOver(object)) ||
    (object.kind === 'Service' && namespace === 'kube-system' && name === 'kube-dns')
  );
}

/** A pod that has ended for good and that nothing makes anew: how it ended is known by it alone. */
function isOver({ kind, metadata, ...pod }: KubeObject): boolean {
  if (kind !== 'Pod' || metadata.ownerReferences?.some((owner) => owner.kind === 'ReplicaSet')) return false;
  const phase = textAt(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
}
