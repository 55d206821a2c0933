import { overviewedWorktrees, type OverviewFeed } from '../app/telemetry/overviewFeed';
import { overviewJson } from '../app/view/overviewJson';
import { overviewRows } from '../app/view/overviewRow';
import { AppError } from '../core/errors';
import type { Snapshot } from '../core/model';
import { type CliContext, snapshotOf, withRun } from './context';
import { overviewTable } from './overviewTable';
import { cancelled, print, printJson } from './terminal';

export interface TopOptions {
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly disk?: boolean;
}

/** Moves the cursor to the top, and clears what is below. */
const toTheTop = '\u001b[H\u001b[J';

/** The overview of all environments of the repository: once, or as it changes until Ctrl-C. */
export async function topAll(context: CliContext, options: TopOptions): Promise<void> {
  let snapshot = await snapshotOf(context);
  verifyAny(snapshot);
  const feed = await context.product.telemetry.overview();
  await withRun(true, async ({ signal }) => {
    const end = new AbortController();
    const either = AbortSignal.any([signal, end.signal]);
    const next = rounds(feed, either);
    await readOnce(feed, snapshot, options.disk === true, signal);
    while (await next()) {
      if (!options.watch && feed.failure !== '') throw new AppError('unreachable', feed.failure);
      const { facts } = feed;
      const rows = overviewRows(snapshot, facts);
      const trendOf = (namespace: string | undefined) => feed.trends.of(namespace ?? '', facts.now);
      const { hasEnvironmentFile, cluster } = snapshot;
      showRound(
        options,
        () => ({
          worktrees: rows.map((row) =>
            overviewJson(row, { cluster, hasEnvironmentFile }, facts, trendOf(row.namespace), feed.failure),
          ),
        }),
        () => overviewTable(rows, facts, trendOf, feed.failure),
      );
      if (!options.watch) break;
      // One that fails leaves the last one; why is in what it says of the cluster, or comes with the next.
      const read = context.product.snapshots.read(context.cwd, either);
      snapshot = await read.catch(() => snapshot);
    }
    end.abort();
    feed.dispose();
    // The end that every watch comes to is no failure.
    if (options.watch) process.exitCode = cancelled;
    else signal.throwIfAborted();
  });
}

/** One round of a command that may go on: over the one before it, where that is seen. */
export function showRound(
  { watch = false, json = false }: TopOptions,
  toJson: () => object,
  toText: () => string,
): void {
  if (json) return printJson(toJson());
  if (!watch) return print(toText());
  print(process.stdout.isTTY ? toTheTop + toText() : `${toText()}\n`);
}

function verifyAny(snapshot: Snapshot): void {
  const isMissed = snapshot.entries.every(({ environment }) => environment === undefined);
  if (snapshot.cluster.state === 'offline' && isMissed)
    throw new AppError('unreachable', `How the environments are is not known: ${snapshot.cluster.reason}`);
  if (overviewRows(snapshot, { now: 0 }).length === 0)
    throw new AppError('notFound', 'No worktree has an environment: "coppice create" in its folder makes one.');
}

/** What is told beside what is now; what cannot be told is left out. */
async function readOnce(feed: OverviewFeed, snapshot: Snapshot, disk: boolean, signal: AbortSignal): Promise<void> {
  const sizes = async (): Promise<void> => {
    for (const worktree of disk ? overviewedWorktrees(snapshot) : []) await feed.measure(snapshot, worktree, signal);
  };
  await Promise.allSettled([feed.readPast(signal), feed.readVisits(snapshot, signal), sizes()]);
}

/** Begins to follow what they do; each call waits for news of it, or of why there is none. false: the signal has ended it. */
function rounds(feed: OverviewFeed, signal: AbortSignal): () => Promise<boolean> {
  let isNew = false;
  let wake = (): void => undefined;
  feed.onDidChange((what) => {
    if (what !== 'loads') return;
    isNew = true;
    wake();
  });
  signal.addEventListener('abort', () => wake(), { once: true });
  feed.watchLoads(signal);
  return async () => {
    while (!isNew && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    isNew = false;
    return !signal.aborted;
  };
}
