import type { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { Store } from '../../../../node_modules/@ngrok/webernetes/dist/cluster/storage/store.js';
import { plainCopy } from './plainCopy';

interface Pair {
  value: Buffer;
  mod_revision: string;
}

interface EtcdWatcher extends EventEmitter {
  cancel(): Promise<void>;
}

interface Stored {
  metadata?: { resourceVersion?: string };
}

interface EngineStore {
  etcd: {
    get(key: string): { exec(): Promise<{ kvs: Pair[] }> };
    getAll(): { prefix(prefix: string): ListOfPairs };
    watch(): { prefix(prefix: string): { withPreviousKV(): WatchOfPairs } };
  };
  key(name: string, namespace?: string): string;
  listPrefix(namespace?: string): string;
}

interface ListOfPairs {
  revision(revision: string): ListOfPairs;
  exec(): Promise<{ header: { revision: string }; kvs: Pair[] }>;
}

interface WatchOfPairs {
  startRevision(revision: string): WatchOfPairs;
  watcher(): EtcdWatcher;
}

interface ListOptions {
  resourceVersion?: string;
}

interface EngineStorePrototype {
  readStored(this: EngineStore, name: string, namespace?: string): Promise<unknown>;
  listWithResourceVersion(this: EngineStore, namespace?: string, options?: ListOptions): Promise<unknown>;
  watch(this: EngineStore, namespace?: string, startRevision?: string): unknown;
}

/**
 * Lets webernetes' stores read a value once. They parse the text of each change once for every watcher, of which there are two dozen, with a
 * function that is called for each field of it; and what was parsed a moment ago for nobody else is copied before it is handed out.
 */
export function readValuesOnce(copyElse: (value: unknown) => unknown): void {
  const prototype = Store.prototype as unknown as EngineStorePrototype;
  prototype.readStored = async function (name, namespace) {
    const [pair] = (await this.etcd.get(this.key(name, namespace)).exec()).kvs;
    return pair && { obj: withVersion(parseValue(pair.value.toString()), pair), resourceVersion: pair.mod_revision };
  };
  prototype.listWithResourceVersion = async function (namespace, { resourceVersion = '' } = {}) {
    const pairs = this.etcd.getAll().prefix(this.listPrefix(namespace));
    const { header, kvs } = await (resourceVersion === '' ? pairs : pairs.revision(resourceVersion)).exec();
    return {
      resourceVersion: header.revision,
      items: kvs.map((pair) => withVersion(parseValue(pair.value.toString()), pair)),
    };
  };
  // All who watch hear of a change one after the other, and of the same value.
  let last: { value: Buffer; parsed: Stored } | undefined;
  const copyOf = ({ value }: Pair): Stored => {
    if (last?.value !== value) last = { value, parsed: parseValue(value.toString()) };
    return plainCopy(last.parsed, copyElse);
  };
  prototype.watch = function (namespace, startRevision) {
    const pairs = this.etcd.watch().prefix(this.listPrefix(namespace)).withPreviousKV();
    const from = startRevision === undefined ? pairs : pairs.startRevision(String(startRevision));
    return new ValueWatcher(from.watcher(), (pair) => withVersion(copyOf(pair), pair));
  };
}

/** What webernetes' own watcher emits. */
class ValueWatcher extends EventEmitter {
  readonly #watcher: EtcdWatcher;

  constructor(watcher: EtcdWatcher, read: (pair: Pair) => Stored) {
    super();
    this.#watcher = watcher;
    watcher.on('put', (pair: Pair, previous: unknown) =>
      this.emit('event', previous ? 'MODIFIED' : 'ADDED', read(pair)),
    );
    watcher.on('delete', (pair: Pair) => this.emit('event', 'DELETED', read(pair)));
    watcher.on('error', (error: unknown) =>
      this.emit('error', error instanceof Error ? error : new Error(String(error))),
    );
    watcher.on('end', () => this.emit('end'));
  }

  async cancel(): Promise<void> {
    await this.#watcher.cancel();
  }
}

function withVersion(object: Stored, { mod_revision: resourceVersion }: Pair): Stored {
  object.metadata ??= {};
  object.metadata.resourceVersion = resourceVersion;
  return object;
}

const dateFields = ['creationTimestamp', 'eventTime', 'firstTimestamp', 'lastTimestamp'];

/** What webernetes' `parseStoredObject` answers: the fields that it knows as times are dates, wherever they stand. */
export function parseValue(text: string): Stored {
  const parsed = JSON.parse(text) as Stored;
  readDates(parsed);
  return parsed;
}

function readDates(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) readDates(item);
    return;
  }
  const fields = value as Record<string, unknown>;
  for (const field of dateFields) {
    const time = fields[field];
    if (typeof time === 'string') fields[field] = new Date(time);
  }
  for (const field of Object.keys(fields)) readDates(fields[field]);
}
