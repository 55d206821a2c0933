import { clusterName } from '../../core/clusters/clusterRules';
import type { ClusterIdentity } from '../../core/model';

/** What finishes or mends a state, by the command that does it. */
export type WayOut =
  | {
      readonly command: 'create';
      /** Of the worktree: a create there is about it. */
      readonly folder: string;
      /** Also a create of this branch is about it, wherever that is run; of any other one it would be refused: it is checked out. */
      readonly branch: string | undefined;
      readonly does: string;
    }
  | { readonly command: 'delete'; readonly name: string; readonly does: string }
  /** Without `does` it brings the services along. */
  | { readonly command: 'update'; readonly does?: string }
  | {
      readonly command: 'wake';
      readonly name: string;
      /** A request to one of its addresses does the same. */
      readonly byRequest: boolean;
    }
  | { readonly command: 'repair'; readonly folder: string }
  | { readonly command: 'chooseCluster'; readonly cluster: ClusterIdentity }
  | { readonly command: 'startCluster' | 'restartCluster' };

/** Where it is read: there each command has the name by which it is called there. */
export type Place = 'window' | 'terminal';

/** A sentence that names the command. */
export function wayText(way: WayOut, place: Place): string {
  const isTerminal = place === 'terminal';
  switch (way.command) {
    case 'create':
      return `${isTerminal ? terminalCreate(way) : '"Create Environment"'} ${way.does}.`;
    case 'delete':
      return `${isTerminal ? `"coppice delete ${way.name}"` : '"Delete"'} ${way.does}.`;
    case 'update':
      return `${isTerminal ? '"coppice create" in the worktree' : '"Update Environment"'} ${way.does ?? 'brings its services along'}.`;
    case 'wake': {
      const command = isTerminal ? `"coppice wake ${way.name}"` : '"Wake"';
      return way.byRequest
        ? `${command} starts its services again; so does the first request to its URL.`
        : `${command} starts its services again.`;
    }
    case 'repair':
      return `Git is told by: git worktree repair ${JSON.stringify(way.folder)}`;
    case 'chooseCluster':
      return `${isTerminal ? `"coppice cluster choose ${clusterName(way.cluster)}"` : '"Choose Cluster"'} goes back to it.`;
    case 'startCluster':
      return `${isTerminal ? '"coppice cluster start"' : '"Start Cluster"'} starts it.`;
    case 'restartCluster':
      return isTerminal
        ? 'Restart it: coppice cluster stop && coppice cluster start'
        : '"Restart Cluster" ends the services of every environment for a moment, and brings them back.';
  }
}

function terminalCreate({ folder, branch }: Extract<WayOut, { readonly command: 'create' }>): string {
  return branch === undefined ? `"coppice create" in ${folder}` : `"coppice create ${branch}"`;
}
