import { SnapshotNews } from '../app/view/snapshotNews';
import { withRun, type CliContext } from './context';
import { cancelled, printJson } from './terminal';

/**
 * How often a line is printed that says nothing else than that this goes on: a reader that is gone is noticed by what is written, and a
 * repository that was moved away, which no watch tells, by a look at it.
 */
const aliveMs = 30_000;

/**
 * `coppice list --json --watch`: what there is, then each change of it as it comes, a line of JSON each, until a signal or the reader
 * ends it.
 *
 * @throws what keeps the repository from being read at first
 */
export async function listWatch({ product, cwd, now }: CliContext): Promise<void> {
  await withRun(true, async ({ signal }) => {
    const store = product.snapshots.open(cwd);
    const news = new SnapshotNews();
    let trouble: string | undefined;
    const tell = (): void => {
      const why = store.failure?.message;
      // What is known stays; whoever reads must not take it for what is.
      if (why !== trouble) printJson({ type: 'trouble', at: new Date(now()).toISOString(), why: why ?? null });
      trouble = why;
      if (store.snapshot.repository) for (const line of news.next(store.snapshot, now())) printJson(line);
    };
    let alive: NodeJS.Timeout | undefined;
    try {
      store.setVisible(true);
      await store.refresh();
      if (store.problem) throw store.problem;
      tell();
      store.onDidChange(tell);
      alive = setInterval(() => {
        printJson({ type: 'alive', at: new Date(now()).toISOString() });
        void store.refresh();
      }, aliveMs);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      clearInterval(alive);
      store.dispose();
    }
  });
  // The end that every watch comes to is no failure.
  process.exitCode = cancelled;
}
