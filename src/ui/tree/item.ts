import { clusterText } from '../../core/clusterRules';
import { outdatedText } from '../../core/outdatedCluster';
import type { Health } from '../../core/model';
import { lastSegment } from '../paths';
import { plural } from '../../core/plural';
import { localTime, plainLine, shortened } from '../text';
import {
  stateWord,
  worktreeFacts,
  worktreeName,
  worktreeState,
  worktreeUrls,
  type WorktreeState,
} from '../worktreeView';
import type { NodeOf, TreeNode } from './nodes';

/** How a row looks, in plain data; `treeItem.ts` makes the editor's object of it. */
export interface ItemData {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly icon: IconData;
  /** Lines of a name and a value; an empty name makes a line of plain text. */
  readonly tooltip: readonly TooltipLine[];
  /** Tokens that `when` clauses look for, e.g. `worktree;env;linked;`. */
  readonly contextValue: string;
  readonly collapsible: 'no' | 'collapsed' | 'expanded';
  /** What a screen reader says in place of label and description. */
  readonly accessibleName: string;
}

export interface IconData {
  readonly name: string;
  /** Id of a theme colour; undefined: the text's own. */
  readonly color: string | undefined;
}

export type TooltipLine = readonly [name: string, value: string];

const icons: Readonly<Record<WorktreeState, IconData>> = {
  healthy: { name: 'pass-filled', color: 'testing.iconPassed' },
  progressing: { name: 'sync~spin', color: 'progressBar.background' },
  degraded: { name: 'error', color: 'list.errorForeground' },
  stopped: { name: 'circle-slash', color: 'disabledForeground' },
  unknown: { name: 'question', color: 'disabledForeground' },
  deleting: { name: 'loading~spin', color: 'disabledForeground' },
  creating: { name: 'loading~spin', color: 'disabledForeground' },
  none: { name: 'circle-large-outline', color: 'disabledForeground' },
  lost: { name: 'warning', color: 'list.warningForeground' },
  damaged: { name: 'warning', color: 'list.warningForeground' },
  elsewhere: { name: 'remote', color: 'disabledForeground' },
  gone: { name: 'warning', color: 'list.warningForeground' },
  unseen: { name: 'circle-large-outline', color: 'disabledForeground' },
};

export function iconOf(state: WorktreeState | Health, isStale: boolean): IconData {
  const icon = icons[state];
  // What is only the last known must not look like the present: no colour and nothing that turns.
  return isStale ? { name: icon.name.replace(/^.*~spin$/, 'sync'), color: 'disabledForeground' } : icon;
}

/** For lists that come and go, where nothing turns. */
export function stillIconOf(state: WorktreeState | Health, isStale: boolean): IconData {
  const icon = iconOf(state, isStale);
  return { ...icon, name: icon.name.replace(/~spin$/, '') };
}

export function toItem(node: TreeNode): ItemData {
  switch (node.kind) {
    case 'offline':
      return offlineItem(node);
    case 'outdatedCluster': {
      const { running, own } = node.outdated;
      return leaf(node, 'Cluster is outdated', `${running}, a restart makes it ${own}`, icons.lost, [
        ['', outdatedText(node.outdated)],
        ['', '"Restart Cluster" ends the services of every environment for a moment, and brings them back.'],
      ]);
    }
    case 'noEnvironmentFile':
      return leaf(node, 'No coppice.yaml', 'worktrees get no environment', { name: 'info', color: undefined }, [
        ['', 'coppice.yaml at the root of the repository names the services that every worktree gets of its own.'],
      ]);
    case 'worktree':
      return worktreeItem(node);
    case 'service':
      return serviceItem(node);
    case 'forward':
      return forwardItem(node);
    case 'url':
      return urlItem(node);
    case 'database':
      return leaf(node, plainLine(node.database), 'database', { name: 'database', color: undefined }, [
        ['Database', node.database],
      ]);
    case 'folder':
      return leaf(
        node,
        lastSegment(plainLine(node.entry.worktree.path)),
        'folder',
        { name: 'folder', color: undefined },
        [['Folder', node.entry.worktree.path]],
      );
    case 'orphan':
      return orphanItem(node);
    case 'infra':
      return infraItem(node);
    case 'infraService':
      return { ...serviceItem(node), contextValue: `infraService;${node.service.urls.length > 0 ? 'url;' : ''}` };
  }
}

function worktreeItem(node: NodeOf<'worktree'>): ItemData {
  const { entry, cluster } = node;
  const state = worktreeState(entry, cluster);
  const name = worktreeName(entry);
  const facts = [
    ...(node.isOfWindow ? ['this window'] : []),
    ...(state === 'none' && node.canHaveEnvironment ? ['no environment'] : []),
    ...worktreeFacts(entry, cluster),
  ];
  const hasEnvironment = entry.environment !== undefined && !entry.environment.terminating;
  const tokens = [
    'worktree',
    entry.worktree.isMain ? 'main' : 'linked',
    hasEnvironment ? 'env' : '',
    hasEnvironment && node.canHaveEnvironment ? 'updatable' : '',
    entry.environment || entry.identity ? 'claimed' : '',
    !entry.environment && !entry.elsewhere && node.canHaveEnvironment ? 'envless' : '',
    worktreeUrls(entry).length > 0 ? 'url' : '',
    node.isOfWindow ? 'window' : '',
    state === 'gone' ? 'gone' : 'standing',
  ];
  return {
    id: node.id,
    label: name,
    description: facts.join(' · '),
    icon: iconOf(state, node.isStale && entry.environment !== undefined),
    tooltip: worktreeTooltip(node, state),
    contextValue: `${tokens.filter(Boolean).join(';')};`,
    collapsible: node.isOfWindow ? 'expanded' : 'collapsed',
    accessibleName: [`Worktree ${name}`, ...facts].join(', '),
  };
}

function worktreeTooltip({ entry, isStale, clusterIdentity }: NodeOf<'worktree'>, state: WorktreeState): TooltipLine[] {
  const { worktree, status, environment, identity } = entry;
  const troubles = (environment?.services ?? []).filter((service) => service.health !== 'healthy');
  const last = status?.lastCommit;
  const lines: (TooltipLine | undefined)[] = [
    ['', worktreeName(entry)],
    state === 'gone' ? ['', `git would prune it: ${worktree.prunable ?? ''}`] : undefined,
    worktree.locked ? ['Locked', worktree.locked] : undefined,
    stateWord(state) === '' ? undefined : ['Environment', stateWord(state) + (isStale ? ' (last known)' : '')],
    entry.damaged === undefined ? undefined : ['', entry.damaged],
    ...troubles.map((service): TooltipLine => [
      service.name,
      [service.state, service.reason].filter(Boolean).join(': '),
    ]),
    identity ? ['Namespace', identity.names.namespace] : undefined,
    entry.elsewhere ? ['Lives in', clusterText(entry.elsewhere)] : undefined,
    clusterIdentity ? ['Cluster', clusterText(clusterIdentity)] : undefined,
    ...(environment?.notes ?? []).map((note): TooltipLine => ['', note]),
    last ? ['Last commit', `${last.id.slice(0, 7)} ${last.subject}`] : undefined,
    status?.upstream ? ['Upstream', status.upstream] : undefined,
    ['Folder', worktree.path],
    ...(entry.movedFrom === undefined ? [] : movedLines(entry.movedFrom)),
  ];
  return lines.filter((line) => line !== undefined);
}

function movedLines(folder: string): TooltipLine[] {
  return [
    ['Services started for', folder],
    ['', 'The worktree was moved since. "Update Environment" brings its services along.'],
  ];
}

function serviceItem(node: NodeOf<'service'> | NodeOf<'infraService'>): ItemData {
  const { service } = node;
  const facts = [
    service.state,
    service.desired > 1 || service.ready < service.desired ? `${service.ready}/${service.desired}` : '',
    service.reason ?? '',
    service.restarts > 0 ? plural(service.restarts, 'restart') : '',
  ].filter((fact) => fact !== '');
  return {
    ...leaf(
      node,
      plainLine(service.name),
      shortened(plainLine(facts.join(' · ')), 160),
      iconOf(service.health, node.isStale),
      [
        ['', service.name],
        ['State', service.state],
        ...(service.reason === undefined ? [] : [['Reason', service.reason] as const]),
        ['Ready', `${service.ready} of ${service.desired}`],
        ['Restarts', String(service.restarts)],
        ...service.pods.map((pod) => ['Pod', pod] as const),
      ],
    ),
    contextValue: `service;${service.urls.length > 0 ? 'url;' : ''}${service.restarts > 0 ? 'restarted;' : ''}`,
    collapsible: node.kind === 'service' && node.isForwarded ? 'expanded' : 'no',
    accessibleName: [`Service ${plainLine(service.name)}`, ...facts.map(plainLine)].join(', '),
  };
}

function forwardItem(node: NodeOf<'forward'>): ItemData {
  const { service, port, localPort } = node.forward;
  const address = `127.0.0.1:${localPort}`;
  return leaf(node, address, `→ port ${port}`, { name: 'plug', color: undefined }, [
    ['', `${address} leads to port ${port} of ${service}, until it is stopped or the window closes.`],
  ]);
}

function urlItem(node: NodeOf<'url'>): ItemData {
  const url = plainLine(node.url);
  // The host is the same for all: after the first address the path is what tells them apart.
  const label = node.isFirst ? url : url.replace(/^https?:\/\/[^/]*(?=\/.)/, '');
  const item = leaf(node, label, node.service, { name: 'globe', color: undefined }, [
    ['', node.url],
    ['Service', node.service],
  ]);
  return { ...item, accessibleName: `${url}, ${node.service}` };
}

function offlineItem(node: NodeOf<'offline'>): ItemData {
  const label = 'Cluster offline';
  const description = `since ${localTime(node.since).split(' ').at(-1)}, showing the last known state`;
  return leaf(node, label, description, { name: 'debug-disconnect', color: 'list.warningForeground' }, [
    ['', `${label} ${description}.`],
    ['Reason', node.reason],
  ]);
}

function orphanItem(node: NodeOf<'orphan'>): ItemData {
  const { environment } = node;
  const branch = environment.ref.replace(/^refs\/heads\//, '') || environment.slug;
  const state = environment.terminating ? 'deleting' : environment.isBeingCreated ? 'creating' : 'orphan';
  const description = state === 'orphan' ? 'no worktree any more' : state;
  const item = leaf(node, plainLine(branch), description, state === 'creating' ? icons.creating : icons.lost, [
    ['', state === 'creating' ? 'It has no worktree yet.' : 'This environment still runs, but no worktree claims it.'],
    ['Namespace', environment.namespace],
    ...(environment.database === undefined ? [] : [['Database', environment.database] as const]),
    ['Folder it was for', environment.folder],
  ]);
  return { ...item, contextValue: state === 'orphan' ? 'orphan;' : `orphan;${state};` };
}

/** What all environments of the cluster share. */
function infraItem(node: NodeOf<'infra'>): ItemData {
  const { infra, isStale } = node;
  const troubled = infra.services.filter(({ health }) => health !== 'healthy');
  const description = infra.terminating
    ? 'deleting'
    : troubled.length === 0
      ? plural(infra.services.length, 'service')
      : `${troubled.map(({ name, state }) => `${name}: ${state}`).join(', ')}`;
  const item = leaf(node, 'Infra', shortened(plainLine(description), 160), iconOf(infra.health, isStale), [
    ['', 'What all environments of this cluster share.'],
    ['Namespace', infra.namespace],
    ...troubled.map(({ name, state, reason }): TooltipLine => [name, [state, reason].filter(Boolean).join(': ')]),
  ]);
  return { ...item, collapsible: 'collapsed' };
}

function leaf(
  node: TreeNode,
  label: string,
  description: string,
  icon: IconData,
  tooltip: readonly TooltipLine[],
): ItemData {
  return {
    id: node.id,
    label,
    description,
    icon,
    tooltip,
    contextValue: `${node.kind};`,
    collapsible: 'no',
    accessibleName: description === '' ? label : `${label}, ${description}`,
  };
}
