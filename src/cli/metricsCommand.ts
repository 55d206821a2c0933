import { environmentOf, pick, type Register, snapshotOf, withRun } from './context';
import { metricsJson, metricsTable } from './metricsTable';
import { parseLength } from './parseLength';
import { print, printJson } from './terminal';

export const registerMetrics: Register = (program, context) => {
  program
    .command('metrics')
    .description('what services were asked and have used over the last hour')
    .argument('[name]', 'branch, slug or folder; without it this worktree')
    .option('--since <time>', 'how far back: 90s, 15m, 6h', '1h')
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, { since, json }: { readonly since: string; readonly json?: boolean }) => {
      const lengthMs = parseLength(since);
      const snapshot = await snapshotOf(context);
      const entry = pick(snapshot, context, name, true);
      const { namespace } = environmentOf(entry, snapshot);
      const metrics = await withRun(true, ({ signal }) =>
        context.product.telemetry.metrics({ namespace, lengthMs }, signal),
      );
      if (json) printJson(metricsJson({ ...entry.worktree, namespace }, metrics));
      else print(metricsTable(metrics));
    });
};
