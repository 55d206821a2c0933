import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { engineTime } from '../engine/engineTime';
import type { PodLogOptions, PodLogs, PodLogSource } from '../streams/podLogs';
import { ContainerLog } from './containerLog';
import { logTimeOf, NEWLINE, type LogLine } from './logLine';
import { readLog } from './readLog';

const KEEP_MS = 24 * 60 * 60 * 1000;

interface Runs {
  current: ContainerLog;
  previous?: ContainerLog;
}

class NoSuchLog extends Error {
  readonly status = 400;
}

/** The logs of all containers: `<namespace>_<pod>_<uid>/<container>.log`, the run before it in `<container>.previous.log`. */
export class LogStore implements PodLogs {
  private readonly containers = new Map<string, Runs>();

  constructor(
    private readonly folder: string,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Removes what earlier clusters wrote, after a day: their pods are gone. Never rejects. */
  async prune(now = Date.now()): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      const path = join(this.folder, name);
      const changed = await stat(path)
        .then((found) => found.mtimeMs)
        .catch(() => now);
      if (now - changed > KEEP_MS) await rm(path, { recursive: true, force: true }).catch(this.onError);
    }
  }

  /** Begins the log of a container's next run. */
  async begin(source: PodLogSource): Promise<ContainerLog> {
    const folder = this.folderOf(source);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${source.container}.log`);
    const key = keyOf(source);
    const before = this.containers.get(key);
    const runs: Runs = { current: new ContainerLog(file, this.onError) };
    if (before) {
      await before.current.end();
      const previousFile = join(folder, `${source.container}.previous.log`);
      await moveOver(file, previousFile);
      await moveOver(`${file}.1`, `${previousFile}.1`);
      runs.previous = new ContainerLog(previousFile, this.onError);
      await runs.previous.end();
    }
    this.containers.set(key, runs);
    return runs.current;
  }

  /** Forgets a pod and removes its files. Never rejects. */
  async removePod(pod: Omit<PodLogSource, 'container'>): Promise<void> {
    for (const [key, runs] of this.containers) {
      if (!key.startsWith(`${pod.uid}/`)) continue;
      this.containers.delete(key);
      await runs.current.end();
    }
    await rm(this.folderOf(pod), { recursive: true, force: true }).catch(this.onError);
  }

  async *read(source: PodLogSource, options: PodLogOptions, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const log = await this.choose(source, options.previous);
    let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
    const since =
      options.sinceTime ??
      (options.sinceSeconds === undefined ? undefined : new Date(engineTime.now() - options.sinceSeconds * 1000));
    const wanted = { tailLines: options.tailLines, since: since && logTimeOf(since), follow: options.follow };
    for await (const line of readLog(log, wanted, signal)) {
      const bytes = render(line, options.timestamps);
      if (bytes.length >= left) {
        yield bytes.subarray(0, left);
        return;
      }
      left -= bytes.length;
      yield bytes;
    }
  }

  /** The last lines of what a container wrote last, as text; none when it never ran. */
  async lastLines(source: PodLogSource, lines: number): Promise<string[]> {
    const log = this.containers.get(keyOf(source))?.current;
    const found: string[] = [];
    if (!log) return found;
    const never = new AbortController().signal;
    for await (const line of readLog(log, { tailLines: lines }, never)) found.push(line.text.toString('utf8'));
    return found;
  }

  /** As in Kubernetes, the previous run of a container that waits for its restart is the one that ended last. */
  private async choose(source: PodLogSource, previous: boolean): Promise<ContainerLog> {
    const runs = this.containers.get(keyOf(source)) ?? (await this.ofEarlierCluster(source));
    if (!runs) {
      throw new NoSuchLog(
        `container "${source.container}" in pod "${source.name}" is waiting to start: ContainerCreating`,
      );
    }
    if (!previous) return runs.current;
    const log = runs.current.ended ? runs.current : runs.previous;
    if (!log) {
      throw new NoSuchLog(`previous terminated container "${source.container}" in pod "${source.name}" not found`);
    }
    return log;
  }

  /** A pod that has ended for good outlives the cluster that ran it. */
  private async ofEarlierCluster(source: PodLogSource): Promise<Runs | undefined> {
    const file = join(this.folderOf(source), `${source.container}.log`);
    if (!(await stat(file).catch(() => undefined))) return undefined;
    const current = new ContainerLog(file, this.onError);
    await current.end();
    return { current };
  }

  private folderOf(pod: Omit<PodLogSource, 'container'>): string {
    return join(this.folder, `${pod.namespace}_${pod.name}_${pod.uid}`);
  }
}

function keyOf(source: PodLogSource): string {
  return `${source.uid}/${source.container}`;
}

function render(line: LogLine, timestamps: boolean): Buffer {
  const parts = timestamps ? [Buffer.from(`${line.time} `), line.text] : [line.text];
  return Buffer.concat(line.whole ? [...parts, NEWLINE] : parts);
}

async function moveOver(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await rename(from, to).catch(() => undefined);
}
