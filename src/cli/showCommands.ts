import { formatTable } from '../core/text/formatTable';
import { agentTitles } from '../core/agents/agentEvent';
import { AppError } from '../core/errors';
import { lockText } from '../core/clusters/lockOwner';
import type { Snapshot, WorktreeEntry } from '../core/model';
import type { RecipeAges } from '../core/ports/databases';
import type { EnvironmentUsage } from '../core/ports/usages';
import { type CliContext, type Register, environmentOf, pick, serviceOf, snapshotOf } from './context';
import { addressesOf } from '../app/view/addresses';
import { agentLine } from '../app/view/agentWords';
import { infraWords } from '../app/view/infraWords';
import { temporalPage } from '../app/view/temporalPage';
import { snapshotJson, statusJson } from '../app/view/snapshotJson';
import { wayText } from '../app/view/wayOut';
import type { WorktreeState } from '../app/view/worktreeState';
import { worktreeView } from '../app/view/worktreeView';
import { changesOf, clusterNotes, printable, statusCell, viewNote, worktreeTable } from './table';
import { listAll } from './listAll';
import { listWatch } from './listWatch';
import { tellUrlTrouble } from './tellUrlTrouble';
import { cancelled, print, printJson } from './terminal';

/** A status does not wait for what it can do without. */
const recipeTimeoutMs = 5_000;

/** Nor does a list. */
const usageTimeoutMs = 2_000;

interface Json {
  readonly json?: boolean;
}

export const registerShow: Register = (program, context) => {
  program
    .command('list')
    .alias('ls')
    .description('all worktrees with the health of their environments')
    .option('--all', 'those of all repositories, from anywhere')
    .option('-w, --watch', 'with --json: then each change as it comes, a line of JSON each, until Ctrl-C')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', watchHelp)
    .action(async ({ all, watch, json }: Json & { readonly all?: boolean; readonly watch?: boolean }) => {
      if (watch && (all || !json)) throw new AppError('invalidInput', '--watch goes with --json, and without --all.');
      if (watch) return listWatch(context);
      if (all) return listAll(context, json === true);
      const [snapshot, usages] = await Promise.all([snapshotOf(context), usagesOf(context)]);
      if (json) printJson(snapshotJson(snapshot, usages));
      else print(worktreeTable(snapshot, usages));
      return undefined;
    });

  program
    .command('status')
    .description('one environment: its services, addresses and names')
    .argument('[name]', 'branch, slug or folder; without it this worktree')
    .option('--json', 'print one line of JSON')
    .action(async (name: string | undefined, { json }: Json) => {
      const snapshot = await snapshotOf(context);
      const entry = pick(snapshot, context, name, true);
      const { databases, services } = context.product;
      const url = addressesOf(entry.environment?.services ?? [])[0]?.url;
      const [ages, trouble] = await Promise.all([
        databases.recipeAges(entry.worktree.path, AbortSignal.timeout(recipeTimeoutMs)).catch(() => undefined),
        json || url === undefined ? undefined : services.urlTrouble(url, snapshot.clusterIdentity),
      ]);
      if (json) return printJson({ ...statusJson(entry, snapshot), recipe: ages ?? null });
      print(statusText(entry, snapshot, ages));
      return tellUrlTrouble(context, trouble);
    });

  program
    .command('switch')
    .description('print the folder of a worktree: cd "$(coppice switch NAME)"')
    .argument('<name>', 'branch, slug or folder, or a part of it')
    .option('--json', 'print one line of JSON')
    .action(async (name: string, { json }: Json) => {
      const { worktree } = pick(await snapshotOf(context), context, name, true);
      if (json) printJson({ path: worktree.path, branch: worktree.branch ?? null });
      else print(worktree.path);
    });

  program
    .command('open')
    .description('open an environment in the browser')
    .argument('[name]', 'worktree, or a service of this one')
    .argument('[service]', 'a service; without it the one at /')
    .option('--temporal', 'the page of its namespace in Temporal')
    .option('--print', 'print the address only')
    .option('--json', 'print one line of JSON')
    .action(
      async (
        name: string | undefined,
        service: string | undefined,
        options: Json & { readonly print?: boolean; readonly temporal?: boolean },
      ) => {
        const snapshot = await snapshotOf(context);
        const url = options.temporal
          ? temporalPage(pick(snapshot, context, name, true))
          : urlOf(snapshot, context, name, service);
        const trouble = options.temporal ? undefined : await context.product.services.urlTrouble(url);
        if (options.json) return printJson({ url, note: trouble?.message ?? null });
        print(url);
        if (trouble?.kind === 'elsewhere' && !options.print) throw new AppError('unreachable', trouble.message);
        await tellUrlTrouble(context, trouble);
        if (!options.print) await context.product.services.openInBrowser(url);
        return undefined;
      },
    );
};

const watchHelp = `
--json --watch prints what there is, then what changes, agents among it: media/schemas/list-watch.schema.json of Coppice says how. A
line "alive" comes every half minute. Exit code ${cancelled}: a signal ended it; 0: whoever reads it has gone.`;

/** undefined: nobody tells. */
async function usagesOf({ product, cwd }: CliContext): Promise<ReadonlyMap<string, EnvironmentUsage> | undefined> {
  const told = await product.services.usage(cwd, AbortSignal.timeout(usageTimeoutMs)).catch(() => undefined);
  return typeof told === 'string' ? undefined : told;
}

/** The first argument may be a service of this worktree, as in `coppice open backend`. */
function urlOf(snapshot: Snapshot, context: CliContext, name: string | undefined, service: string | undefined): string {
  let entry: WorktreeEntry;
  let wanted = service;
  const here = (): WorktreeEntry => pick(snapshot, context, undefined, true);
  const isOwnService = name !== undefined && service === undefined && isServiceHere();
  function isServiceHere(): boolean {
    try {
      return here().environment?.services.some((candidate) => candidate.name === name) === true;
    } catch {
      return false;
    }
  }
  if (isOwnService) {
    entry = here();
    wanted = name;
  } else {
    entry = pick(snapshot, context, name, true);
  }
  const services =
    wanted === undefined ? environmentOf(entry, snapshot).services : [serviceOf(entry, wanted, snapshot)];
  const url = addressesOf(services)[0]?.url;
  if (url === undefined)
    throw new AppError(
      'notFound',
      wanted === undefined
        ? 'No service has an address.'
        : `${wanted} has no route in coppice.yaml, and so no address.`,
    );
  return url;
}

function databaseText(database: string, ages: RecipeAges | undefined): string {
  return ages?.database === 'older' ? `${database}, older than its recipe` : database;
}

const templateIsOlder =
  'older than its recipe: the next create builds it anew, and "coppice database refresh" does so now';

/** The services below it say why, or the cluster does. */
const toldElsewhere: ReadonlySet<WorktreeState> = new Set(['degraded', 'offline']);

function movedText(folder: string): string {
  return `its services were started for ${printable(folder)}: ${wayText({ command: 'update' }, 'terminal')}`;
}

function statusText(entry: WorktreeEntry, snapshot: Snapshot, ages: RecipeAges | undefined): string {
  const { worktree, identity, environment } = entry;
  const view = worktreeView(entry, snapshot);
  const changes = changesOf(entry);
  const lock = lockText(worktree);
  const head = [
    ['branch', printable(worktree.branch ?? `detached at ${worktree.head.slice(0, 7)}`)],
    ['worktree', printable(worktree.path)],
    ['status', statusCell(view)],
    ...(lock === undefined ? [] : [['lock', printable(lock)]]),
    ...(entry.movedFrom === undefined ? [] : [['moved', movedText(entry.movedFrom)]]),
    ...(changes ? [['changes', changes]] : []),
    ...(entry.agents ?? []).map((agent) => ['agent', printable(`${agentTitles[agent.program]} ${agentLine(agent)}`)]),
    ...(identity
      ? [
          ['namespace', identity.names.namespace],
          ...view.parts.map(({ part, title, name, detail, page }) => [
            part === 'database' ? part : title.toLowerCase(),
            part === 'database' ? databaseText(name, ages) : printable([name, detail, page].filter(Boolean).join(', ')),
          ]),
        ]
      : []),
    ...(ages?.template === 'older' ? [['template', templateIsOlder]] : []),
    ...(snapshot.infra ? [['infra', printable(infraWords(snapshot.infra))]] : []),
  ];
  const services = environment?.services ?? [];
  const table = services.map(({ name, state, ready, desired, restarts, reason }) => [
    printable(name),
    printable(state),
    `${ready}/${desired}`,
    restarts > 0 ? `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}` : '',
    printable(reason ?? ''),
  ]);
  const urls = services.flatMap(({ name, urls: all }) => all.map((url) => [printable(name), printable(url)]));
  return [
    formatTable(head),
    table.length > 0 ? formatTable(table) : '',
    (environment?.notes ?? []).join('\n'),
    (toldElsewhere.has(view.state) ? undefined : viewNote(view)) ?? '',
    urls.length > 0 ? `Access URLs:\n${formatTable(urls)}` : '',
    ...clusterNotes({ ...snapshot, entries: [entry] }),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
