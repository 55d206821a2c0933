import { addressesOf } from '../../app/view/addresses';
import { waitingAgents, waitingText } from '../../app/view/agentWords';
import { failingOf } from '../../app/view/failing';
import { needsCreate } from '../../app/view/needsCreate';
import { serviceRowText } from '../../app/view/serviceRow';
import { worktreeView } from '../../app/view/worktreeView';
import { actionOrder } from '../../core/services/actionOrder';
import type { Environment, Snapshot, WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';
import type { CommandId } from '../context/commandId';
import { plainLine, shortened } from '../editor/text';

export interface QuickAction {
  readonly icon: string;
  readonly title: string;
  readonly detail: string;
  readonly command: CommandId;
  /** The row of the tree that it is about; undefined: the window's worktree. */
  readonly row?: string;
}

/** Of more than these the tree tells. */
const maxFailing = 5;

/** What a person may want to do with the worktree of this window: what cannot wait, then in the order of every list; nothing that cannot be done. */
export function actionsOf(entry: WorktreeEntry | undefined, snapshot: Snapshot): QuickAction[] {
  const ordered = [...ofWorktree(entry, snapshot), ...ofServices(entry?.environment)];
  const [deletes, others] = [ordered.filter(isDelete), ordered.filter((one) => !isDelete(one))];
  return [
    ...pressing(entry, snapshot),
    ...others.sort((a, b) => placeOf(a) - placeOf(b)),
    ...besides(entry, snapshot),
    ...databaseActions(entry?.environment),
    ...deletes,
  ];
}

function isDelete({ command }: QuickAction): boolean {
  return command === 'coppice.delete';
}

function placeOf({ command }: QuickAction): number {
  return actionOrder.findIndex((id) => command === `coppice.${id}`);
}

/** What stands in the way of all else, or waits for a person. */
function pressing(entry: WorktreeEntry | undefined, snapshot: Snapshot): QuickAction[] {
  const waits = waitingText(waitingAgents(snapshot).length);
  return some(
    snapshot.cluster.state === 'offline' &&
      action('play', 'Start Cluster', 'the cluster is offline', 'coppice.startCluster'),
    snapshot.outdatedCluster !== undefined &&
      action('debug-restart', 'Restart Cluster', 'it runs an older version', 'coppice.restartCluster'),
    waits !== '' && action('bell-dot', 'Go to Waiting Agent', waits, 'coppice.goToWaitingAgent'),
    entry?.elsewhere !== undefined &&
      action('server-environment', 'Choose Cluster…', 'its environment lives in another one', 'coppice.chooseCluster'),
  ).concat(failures(snapshot));
}

/** What fails in any worktree and why: the status bar counts them, and who clicks on it has come for that. */
function failures(snapshot: Snapshot): QuickAction[] {
  return failingOf(snapshot)
    .failing.flatMap((entry): QuickAction[] => {
      const { name, words, why = '' } = worktreeView(entry, snapshot);
      const row = `worktree:${entry.worktree.path}`;
      const services = (entry.environment?.services ?? []).filter(({ health }) => health === 'degraded');
      if (services.length === 0)
        return [{ ...action('error', plainLine(name), why === '' ? words : short(why), 'coppice.showStatus'), row }];
      return services.map((service) => ({
        ...action('error', plainLine(`${name}: ${service.name}`), short(serviceRowText(service)), 'coppice.showLogs'),
        row: `${row}#service:${service.name}`,
      }));
    })
    .slice(0, maxFailing);
}

function short(text: string): string {
  return shortened(plainLine(text), 120);
}

function ofWorktree(entry: WorktreeEntry | undefined, snapshot: Snapshot): QuickAction[] {
  const others = snapshot.entries.filter((other) => other !== entry && other.worktree.prunable === undefined).length;
  const url = addressesOf(entry?.environment?.services ?? [])[0]?.url;
  const isToCreate = entry !== undefined && needsCreate(entry, snapshot);
  const isClaimed = entry?.environment !== undefined || entry?.identity !== undefined;
  return some(
    isToCreate &&
      entry.elsewhere === undefined &&
      snapshot.hasEnvironmentFile &&
      action('add', 'Create Environment', 'for this worktree', 'coppice.createEnvironment'),
    others > 0 && action('empty-window', 'Open in New Window…', plural(others, 'other worktree'), 'coppice.openWindow'),
    entry?.environment !== undefined && action('graph', 'Open Dashboard', '', 'coppice.openDashboard'),
    url !== undefined && action('globe', 'Open URL', url, 'coppice.openUrl'),
    entry !== undefined && action('terminal', 'Open Terminal', '', 'coppice.openTerminal'),
    entry !== undefined && action('git-compare', 'Show Changes', '', 'coppice.showChanges'),
    entry !== undefined && (!entry.worktree.isMain || isClaimed) && action('trash', 'Delete…', '', 'coppice.delete'),
  );
}

function ofServices(environment: Environment | undefined): QuickAction[] {
  if (environment === undefined || environment.terminating) return [];
  const running = environment.services.filter(({ desired }) => desired > 0).length;
  const isAsleep = environment.services.some(({ health }) => health === 'asleep');
  return some(
    running > 0 && action('output', 'Show Logs…', plural(running, 'service'), 'coppice.showLogs'),
    environment.services.length > 0 && action('list-flat', 'Show All Logs', 'in one tab', 'coppice.showAllLogs'),
    isAsleep && action('debug-start', 'Wake', '', 'coppice.wakeEnvironment'),
    running > 0 && action('debug-restart', 'Restart Service…', '', 'coppice.restartService'),
    running > 0 && action('debug-pause', 'Sleep', '', 'coppice.sleepEnvironment'),
  );
}

function besides(entry: WorktreeEntry | undefined, snapshot: Snapshot): QuickAction[] {
  const environment = entry?.environment;
  const canUpdate =
    environment !== undefined &&
    !environment.terminating &&
    !needsCreate(entry as WorktreeEntry, snapshot) &&
    snapshot.hasEnvironmentFile;
  const others = snapshot.entries.filter((other) => other !== entry && other.worktree.prunable === undefined).length;
  return some(
    canUpdate &&
      action(
        'sync',
        'Update Environment',
        entry?.movedFrom === undefined ? 'to coppice.yaml as it is now' : 'brings its services along to the new folder',
        'coppice.updateEnvironment',
      ),
    entry !== undefined && action('sparkle', 'Start Agent', '', 'coppice.startAgent'),
    entry !== undefined && action('info', 'Show Status', '', 'coppice.showStatus'),
    others > 0 && action('arrow-swap', 'Switch Worktree…', plural(others, 'other worktree'), 'coppice.switchWorktree'),
    action('add', 'Create Worktree…', '', 'coppice.createWorktree'),
  );
}

function databaseActions(environment: Environment | undefined): QuickAction[] {
  if (environment?.database === undefined || environment.terminating) return [];
  return [
    action('database', 'Copy Database URL', environment.database, 'coppice.copyDatabaseUrl'),
    action('terminal', 'Open Database Terminal', 'psql', 'coppice.openDatabaseTerminal'),
    action('run-all', 'Migrate Database', '', 'coppice.migrateDatabase'),
    action('list-ordered', 'Show Migration Status', '', 'coppice.showMigrationStatus'),
    action('device-camera', 'Snapshot Database…', '', 'coppice.snapshotDatabase'),
    action('history', 'Restore Database…', 'to a snapshot', 'coppice.restoreDatabase'),
    action('repo-forked', 'Fork Database…', "of another worktree's", 'coppice.forkDatabase'),
    action('discard', 'Reset Database…', 'to its template', 'coppice.resetDatabase'),
  ];
}

function some(...actions: readonly (QuickAction | false)[]): QuickAction[] {
  return actions.filter((candidate) => candidate !== false);
}

function action(icon: string, title: string, detail: string, command: CommandId): QuickAction {
  return { icon, title, detail, command };
}
