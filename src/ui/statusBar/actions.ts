import { addressesOf } from '../../app/view/addresses';
import { needsCreate } from '../../app/view/needsCreate';
import type { Environment, Snapshot, WorktreeEntry } from '../../core/model';
import { plural } from '../../core/plural';
import type { CommandId } from '../context/commandId';

export interface QuickAction {
  readonly icon: string;
  readonly title: string;
  readonly detail: string;
  readonly command: CommandId;
}

/** What a person may want to do with the worktree of this window, the most wanted first; nothing that cannot be done. */
export function actionsOf(entry: WorktreeEntry | undefined, snapshot: Snapshot): QuickAction[] {
  const environment = entry?.environment;
  const isClaimed = environment !== undefined || entry?.identity !== undefined;
  const isToCreate = entry !== undefined && needsCreate(entry, snapshot);
  const url = addressesOf(entry?.environment?.services ?? [])[0]?.url;
  const others = snapshot.entries.filter((other) => other !== entry).length;
  const isOffline = snapshot.cluster.state === 'offline';
  const actions: (QuickAction | false)[] = [
    isOffline && action('play', 'Start Cluster', 'the cluster is offline', 'coppice.startCluster'),
    snapshot.outdatedCluster !== undefined &&
      action('debug-restart', 'Restart Cluster', 'it runs an older version', 'coppice.restartCluster'),
    url !== undefined && action('globe', 'Open URL', url, 'coppice.openUrl'),
    environment !== undefined &&
      environment.services.length > 0 &&
      action('output', 'Show Logs…', plural(environment.services.length, 'service'), 'coppice.showLogs'),
    environment !== undefined &&
      environment.services.length > 0 &&
      action('debug-restart', 'Restart Service…', '', 'coppice.restartService'),
    environment !== undefined &&
      !environment.terminating &&
      !isToCreate &&
      snapshot.hasEnvironmentFile &&
      action(
        'sync',
        'Update Environment',
        entry?.movedFrom === undefined ? 'to coppice.yaml as it is now' : 'brings its services along to the new folder',
        'coppice.updateEnvironment',
      ),
    entry?.elsewhere !== undefined &&
      action('server-environment', 'Choose Cluster…', 'its environment lives in another one', 'coppice.chooseCluster'),
    isToCreate && !entry.elsewhere && snapshot.hasEnvironmentFile
      ? action('add', 'Create Environment', 'for this worktree', 'coppice.createEnvironment')
      : false,
    entry !== undefined && action('info', 'Show Status', '', 'coppice.showStatus'),
    entry !== undefined && action('sparkle', 'Start Agent', '', 'coppice.startAgent'),
    others > 0 && action('arrow-swap', 'Switch Worktree…', plural(others, 'other worktree'), 'coppice.switchWorktree'),
    action('add', 'Create Worktree…', '', 'coppice.createWorktree'),
    ...databaseActions(environment),
    entry !== undefined && (!entry.worktree.isMain || isClaimed)
      ? action('trash', 'Delete…', '', 'coppice.delete')
      : false,
  ];
  return actions.filter((candidate) => candidate !== false);
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

function action(icon: string, title: string, detail: string, command: CommandId): QuickAction {
  return { icon, title, detail, command };
}
