import { clusterNews, type ClusterNews } from '../../app/view/clusterNews';
import { needsCreate } from '../../app/view/needsCreate';
import { filterWorktrees, type WorktreeFilter } from '../../app/view/worktreeFilter';
import { orderWorktrees, type WorktreeOrder } from '../../app/view/worktreeOrder';
import { worktreeView, type WorktreeView } from '../../app/view/worktreeView';
import type {
  ClusterIdentity,
  Environment,
  LeftFolder,
  PartStatus,
  ServiceStatus,
  Snapshot,
  UnclaimedEnvironment,
  WorktreeEntry,
} from '../../core/model';
import type { ForwardedPort } from '../services/forwardedPorts';
import { windowEntry } from '../editor/windowEntry';
import type { RunningCreate } from './createWatch';

/** A row of the tree as plain data. Ids stay the same as long as the thing does, and with them what is expanded. */
export type TreeNode = { readonly id: string; readonly parent: string | undefined; readonly isStale: boolean } & (
  | { readonly kind: 'cluster'; readonly news: ClusterNews }
  | { readonly kind: 'noEnvironmentFile' }
  | {
      readonly kind: 'worktree';
      readonly entry: WorktreeEntry;
      readonly view: WorktreeView;
      readonly clusterIdentity: ClusterIdentity | undefined;
      readonly isOfWindow: boolean;
      /** The step at which this window makes it; undefined: it does not. */
      readonly step: string | undefined;
      /** It stands under the row of those without an environment. */
      readonly isGrouped: boolean;
      /** Milliseconds since the epoch. */
      readonly now: number;
      readonly canHaveEnvironment: boolean;
      readonly needsCreate: boolean;
    }
  | { readonly kind: 'bareGroup'; readonly count: number }
  /** A worktree that this window makes, and that is not there yet. */
  | { readonly kind: 'making'; readonly branch: string; readonly step: string }
  | {
      readonly kind: 'service';
      readonly entry: WorktreeEntry;
      readonly service: ServiceStatus;
      readonly isForwarded: boolean;
    }
  | { readonly kind: 'forward'; readonly entry: WorktreeEntry; readonly forward: ForwardedPort }
  | {
      readonly kind: 'url';
      readonly entry: WorktreeEntry;
      readonly url: string;
      readonly service: string;
      /** The host is that of the environment's first address, which has nothing to tell. */
      readonly isOfHost: boolean;
    }
  | { readonly kind: 'part'; readonly entry: WorktreeEntry; readonly part: PartStatus }
  | { readonly kind: 'folder'; readonly entry: WorktreeEntry }
  | { readonly kind: 'orphan'; readonly environment: UnclaimedEnvironment }
  | { readonly kind: 'leftAside'; readonly left: LeftFolder }
  | { readonly kind: 'spares'; readonly folders: readonly string[] }
  | { readonly kind: 'infra'; readonly infra: Environment }
  | { readonly kind: 'infraService'; readonly service: ServiceStatus; readonly namespace: string }
);

export type NodeOf<Kind extends TreeNode['kind']> = Extract<TreeNode, { readonly kind: Kind }>;

/** All rows of a snapshot, each with its children's ids; the outermost rows are those of `undefined`. */
export interface Tree {
  readonly nodes: ReadonlyMap<string, TreeNode>;
  readonly children: ReadonlyMap<string | undefined, readonly string[]>;
}

/** Menus of package.json know the rows by these. */
const newsIds: Readonly<Record<ClusterNews['kind'], string>> = {
  offline: 'offline',
  unsaved: 'unsavedCluster',
  outdated: 'outdatedCluster',
};

export interface TreeOptions extends Pick<WorktreeOrder, 'sort' | 'memoryOf'> {
  /** What is shown alone; undefined: all is. */
  readonly filter?: WorktreeFilter | undefined;
  /** What this window makes now. */
  readonly making?: readonly RunningCreate[] | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: number;
}

/** Of the row that holds the worktrees without an environment. */
const bareGroupId = 'withoutEnvironment';

export const emptyTree: Tree = { nodes: new Map(), children: new Map() };

/**
 * With only the main worktree and nothing made for it the tree is empty, so that the welcome view can say how to begin.
 *
 * @param folders of the window
 * @param forwards of the window
 */
export function toTree(
  snapshot: Snapshot,
  folders: readonly string[],
  forwards: readonly ForwardedPort[] = [],
  { sort, memoryOf, filter, making = [], now = Date.now() }: TreeOptions = {},
): Tree {
  const nodes = new Map<string, TreeNode>();
  const children = new Map<string | undefined, string[]>();
  const add = (node: TreeNode): void => {
    nodes.set(node.id, node);
    const siblings = children.get(node.parent);
    if (siblings) siblings.push(node.id);
    else children.set(node.parent, [node.id]);
  };
  if (isBeginning(snapshot) && making.length === 0) return emptyTree;

  const { cluster, clusterIdentity } = snapshot;
  const isStale = cluster.state === 'offline';
  const top = { parent: undefined, isStale };
  for (const news of clusterNews(snapshot)) add({ ...top, kind: 'cluster', id: newsIds[news.kind], news });
  if (!snapshot.hasEnvironmentFile) add({ ...top, kind: 'noEnvironmentFile', id: 'noEnvironmentFile' });
  const ofWindow = windowEntry(snapshot, folders);
  const entries = filterWorktrees(snapshot, filter);
  const order = { sort, memoryOf, isGrouping: filter === undefined };
  const { shown, grouped } = orderWorktrees({ ...snapshot, entries }, ofWindow, order);
  const addWorktree = (entry: WorktreeEntry, parent: string | undefined): void => {
    const id = `worktree:${entry.worktree.path}`;
    const view = worktreeView(entry, snapshot);
    add({
      isStale,
      parent,
      kind: 'worktree',
      id,
      entry,
      view,
      clusterIdentity,
      isOfWindow: entry === ofWindow,
      step: making.find((made) => isOf(made, entry))?.step,
      isGrouped: parent !== undefined,
      now,
      canHaveEnvironment: snapshot.hasEnvironmentFile && entry.worktree.prunable === undefined,
      needsCreate: needsCreate(entry, snapshot),
    });
    for (const node of nodesOfWorktree(entry, view, id, isStale, forwards)) add(node);
  };
  for (const { branch, step } of making.filter((made) => !snapshot.entries.some((entry) => isOf(made, entry))))
    if (branch !== undefined) add({ ...top, kind: 'making', id: `making:${branch}`, branch, step });
  for (const entry of shown) addWorktree(entry, undefined);
  if (grouped.length > 0) add({ ...top, kind: 'bareGroup', id: bareGroupId, count: grouped.length });
  for (const entry of grouped) addWorktree(entry, bareGroupId);
  // Of worktrees alone is said what passes.
  if (filter !== undefined) return { nodes, children };
  for (const environment of snapshot.orphans) {
    // What is being made has one row: that of its worktree, or of the create that will have one.
    if (environment.isBeingCreated && hasRow(environment, snapshot, making)) continue;
    add({ ...top, kind: 'orphan', id: `orphan:${environment.namespace}`, environment });
  }
  for (const left of snapshot.leftAside ?? []) add({ ...top, kind: 'leftAside', id: `leftAside:${left.folder}`, left });
  const { infra, spares } = snapshot;
  if (spares) add({ ...top, kind: 'spares', id: 'spares', folders: spares });
  if (infra) {
    add({ ...top, kind: 'infra', id: 'infra', infra });
    for (const service of infra.services) {
      const id = `infra#service:${service.name}`;
      add({ kind: 'infraService', id, parent: 'infra', isStale, service, namespace: infra.namespace });
    }
  }
  return { nodes, children };
}

/** A remote branch gives a local one its name without the remote's. */
function isOf({ branch, folder }: RunningCreate, { worktree, work }: WorktreeEntry): boolean {
  if (branch === undefined || worktree.branch === undefined) return folder === worktree.path;
  return branch === worktree.branch || (work === 'creating' && branch.endsWith(`/${worktree.branch}`));
}

function hasRow(
  { folder, ref }: UnclaimedEnvironment,
  { entries }: Snapshot,
  making: readonly RunningCreate[],
): boolean {
  const branch = ref.replace(/^refs\/heads\//, '');
  return (
    entries.some(({ worktree, work }) => work === 'creating' && worktree.path === folder) ||
    making.some((made) => made.branch !== undefined && (made.branch === branch || made.branch.endsWith(`/${branch}`)))
  );
}

/** Whether there is nothing yet that a row would tell. */
export function isBeginning(snapshot: Snapshot): boolean {
  const { entries, orphans, infra, leftAside } = snapshot;
  return (
    !infra &&
    !leftAside &&
    orphans.length === 0 &&
    entries.length <= 1 &&
    entries.every((entry) => !entry.environment && !entry.identity && entry.damaged === undefined)
  );
}

function nodesOfWorktree(
  entry: WorktreeEntry,
  { addresses, parts }: WorktreeView,
  parent: string,
  isStale: boolean,
  forwards: readonly ForwardedPort[],
): TreeNode[] {
  const base = { parent, isStale, entry };
  return [
    ...(entry.environment?.services ?? []).flatMap((service) => {
      const own = forwards.filter(({ path, service: name }) => path === entry.worktree.path && name === service.name);
      return nodesOfService({ ...base, service }, own);
    }),
    ...addresses.map(({ url, service }): TreeNode => ({
      ...base,
      kind: 'url',
      id: `${parent}#url:${url}`,
      url,
      service,
      isOfHost: originOf(url) === originOf(addresses[0]?.url ?? ''),
    })),
    ...parts.map((part): TreeNode => ({ ...base, kind: 'part', id: `${parent}#${part.part}`, part })),
    { ...base, kind: 'folder', id: `${parent}#folder` },
  ];
}

function originOf(url: string): string {
  return url.split('/', 3).join('/');
}

/** The id of the row of a forwarded port. */
export function forwardRow({
  path,
  service,
  localPort,
}: Pick<ForwardedPort, 'path' | 'service' | 'localPort'>): string {
  return `worktree:${path}#service:${service}#forward:${localPort}`;
}

function nodesOfService(
  base: Pick<NodeOf<'service'>, 'parent' | 'isStale' | 'entry' | 'service'>,
  forwards: readonly ForwardedPort[],
): TreeNode[] {
  const { parent, isStale, entry, service } = base;
  const id = `${parent}#service:${service.name}`;
  return [
    { ...base, kind: 'service', id, isForwarded: forwards.length > 0 },
    ...forwards.map((forward): TreeNode => ({
      kind: 'forward',
      id: forwardRow(forward),
      parent: id,
      isStale,
      entry,
      forward,
    })),
  ];
}
