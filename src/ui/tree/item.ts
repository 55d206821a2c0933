import { agentLine } from '../../app/view/agentWords';
import { infraWords } from '../../app/view/infraWords';
import { leftAsideView } from '../../app/view/leftAsideView';
import { sparesView } from '../../app/view/sparesView';
import { orphanView } from '../../app/view/orphanView';
import { serviceRowSentence, serviceRowText } from '../../app/view/serviceRow';
import { stateWords } from '../../app/view/stateWords';
import { wayText } from '../../app/view/wayOut';
import { lastActivity } from '../../app/view/worktreeOrder';
import { makingText, worktreeRowSentence, worktreeRowText } from '../../app/view/worktreeRow';
import { serviceWords } from '../../app/view/worktreeView';
import { agentTitles } from '../../core/agents/agentEvent';
import { clusterText } from '../../core/clusters/clusterRules';
import type { ServiceStatus } from '../../core/model';
import { plural } from '../../core/text/plural';
import { lastSegment } from '../editor/paths';
import { localTime, plainLine, shortened } from '../editor/text';
import { healthIcon, iconOf, viewIcon, waitingIcon, type IconData } from './icons';
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
  /** What a click and Enter do. A row with rows below it has none: they open and close it, and what it is about is opened by a button or a key. */
  readonly opens?: 'coppice.showLogs' | 'coppice.openUrl' | undefined;
}

export type TooltipLine = readonly [name: string, value: string];

export function toItem(node: TreeNode): ItemData {
  switch (node.kind) {
    case 'cluster':
      return clusterItem(node);
    case 'noEnvironmentFile':
      return leaf(node, 'No coppice.yaml', 'worktrees get no environment', { name: 'info', color: undefined }, [
        ['', 'coppice.yaml at the root of the repository names the services that every worktree gets of its own.'],
      ]);
    case 'worktree':
      return worktreeItem(node);
    case 'bareGroup':
      return bareGroupItem(node);
    case 'making': {
      const words = makingText(stateWords.creating, node.step);
      const name = plainLine(node.branch);
      return {
        ...leaf(node, name, words, iconOf('creating'), [
          ['', name],
          ['', words],
        ]),
        accessibleName: `Worktree ${name}, ${words}`,
      };
    }
    case 'service':
      return serviceItem(node);
    case 'forward':
      return forwardItem(node);
    case 'url':
      return urlItem(node);
    case 'part':
      return partItem(node);
    case 'folder': {
      const { path } = node.entry.worktree;
      const name = lastSegment(plainLine(path));
      const item = leaf(node, name, 'folder', { name: 'folder', color: undefined }, [['Folder', path]]);
      return { ...item, accessibleName: `Folder ${name}` };
    }
    case 'orphan':
      return orphanItem(node);
    case 'leftAside': {
      const { words, why } = leftAsideView(node.left);
      return leaf(node, plainLine(node.left.name), words, iconOf('orphan'), [
        ['', why],
        ['Folder', node.left.folder],
      ]);
    }
    case 'spares': {
      const { name, words, why } = sparesView(node.folders);
      const icon = { name: 'archive', color: undefined };
      return leaf(node, name, words, icon, [['', why], ...node.folders.map((each) => ['Folder', each] as const)]);
    }
    case 'infra':
      return infraItem(node);
    case 'infraService':
      return { ...serviceItem(node), contextValue: `infraService;${node.service.urls.length > 0 ? 'url;' : ''}` };
  }
}

function worktreeItem(node: NodeOf<'worktree'>): ItemData {
  const { entry, view } = node;
  const name = plainLine(view.name);
  const said = entry.agents?.[0]?.said;
  const row = { ...node, said: said === undefined ? undefined : shortened(plainLine(said), 80) };
  const hasEnvironment = entry.environment !== undefined && !entry.environment.terminating;
  const tokens = [
    'worktree',
    entry.worktree.isMain ? 'main' : 'linked',
    hasEnvironment ? 'env' : '',
    hasEnvironment && !node.needsCreate && node.canHaveEnvironment ? 'updatable' : '',
    hasEnvironment && entry.environment.services.some(({ desired }) => desired > 0) ? 'awake' : '',
    hasEnvironment && entry.environment.services.some(({ health }) => health === 'asleep') ? 'asleep' : '',
    entry.goes === undefined ? '' : 'going',
    hasEnvironment && entry.environment.database !== undefined ? 'database' : '',
    entry.environment || entry.identity ? 'claimed' : '',
    node.needsCreate && !entry.elsewhere && node.canHaveEnvironment ? 'envless' : '',
    view.addresses.length > 0 ? 'url' : '',
    node.isOfWindow ? 'window' : '',
    entry.worktree.prunable === undefined ? 'standing' : 'gone',
  ];
  return {
    id: node.id,
    label: name,
    description: plainLine(worktreeRowText(row)),
    icon: rowIcon(node),
    tooltip: worktreeTooltip(node),
    contextValue: `${tokens.filter(Boolean).join(';')};`,
    collapsible: node.isOfWindow ? 'expanded' : 'collapsed',
    accessibleName: plainLine(worktreeRowSentence(row)),
  };
}

function rowIcon({ entry, view, step }: NodeOf<'worktree'>): IconData {
  if (entry.agents?.[0]?.state === 'waiting') return waitingIcon;
  return step === undefined ? viewIcon(view) : iconOf('updating');
}

function bareGroupItem(node: NodeOf<'bareGroup'>): ItemData {
  const words = `${plural(node.count, 'worktree')} without an environment`;
  const item = leaf(node, 'Without Environment', String(node.count), iconOf('none'), [
    ['', `${words}. "Create Environment" makes one for a worktree.`],
  ]);
  return { ...item, collapsible: 'collapsed', accessibleName: words };
}

function worktreeTooltip({ entry, view, clusterIdentity }: NodeOf<'worktree'>): TooltipLine[] {
  const { worktree, status, environment, identity } = entry;
  const troubles = (environment?.services ?? []).filter((service) => service.health !== 'healthy');
  const last = status?.lastCommit;
  const active = lastActivity(entry);
  // The services say it line by line.
  const why = view.state === 'degraded' ? undefined : view.why;
  const lines: (TooltipLine | undefined)[] = [
    ['', view.name],
    worktree.locked ? ['Locked', worktree.locked] : undefined,
    ...(entry.agents ?? []).map((agent): TooltipLine => [agentTitles[agent.program], agentLine(agent)]),
    view.words === '' ? undefined : ['Environment', [view.words, ...view.marks].join(', ')],
    why === undefined ? undefined : ['', why],
    ...view.parts.flatMap(({ title, detail }) => (detail === undefined ? [] : [[title, detail] as const])),
    ...troubles.map((service): TooltipLine => [service.name, serviceWords(service)]),
    identity ? ['Namespace', identity.names.namespace] : undefined,
    clusterIdentity ? ['Cluster', clusterText(clusterIdentity)] : undefined,
    ...(environment?.notes ?? []).map((note): TooltipLine => ['', note]),
    active === undefined ? undefined : ['Last worked at', localTime(new Date(active).toISOString())],
    last ? ['Last commit', `${last.id.slice(0, 7)} ${last.subject}`] : undefined,
    status?.upstream ? ['Upstream', status.upstream] : undefined,
    ['Folder', worktree.path],
    entry.movedFrom === undefined ? undefined : ['Services started for', entry.movedFrom],
    view.way && ['', wayText(view.way, 'window')],
  ];
  return lines.filter((line) => line !== undefined);
}

function serviceItem(node: NodeOf<'service'> | NodeOf<'infraService'>): ItemData {
  const { service } = node;
  return {
    ...leaf(
      node,
      plainLine(service.name),
      shortened(plainLine(serviceRowText(service)), 160),
      healthIcon(service.health, node.isStale),
      [
        ['', service.name],
        ['State', service.state],
        ...(service.reason === undefined ? [] : [['Reason', service.reason] as const]),
        ...(service.isOldServing
          ? [['', 'What answers is the version before: the new one does not get ready.'] as const]
          : []),
        ['Ready', `${service.ready} of ${service.desired}`],
        ['Restarts', String(service.restarts)],
        ...service.pods.map((pod) => ['Pod', pod] as const),
      ],
    ),
    contextValue: `service;${serviceTokens(service)}`,
    collapsible: node.kind === 'service' && node.isForwarded ? 'expanded' : 'no',
    accessibleName: plainLine(serviceRowSentence(service)),
    // Of what does not run nobody says anything.
    opens: service.desired > 0 ? 'coppice.showLogs' : undefined,
  };
}

function serviceTokens({ urls, restarts, health }: ServiceStatus): string {
  const rests = health === 'stopped' || health === 'asleep' ? `${health};` : '';
  return `${urls.length > 0 ? 'url;' : ''}${restarts > 0 ? 'restarted;' : ''}${rests}`;
}

function forwardItem(node: NodeOf<'forward'>): ItemData {
  const { service, port, localPort } = node.forward;
  const address = `127.0.0.1:${localPort}`;
  const item = leaf(node, address, `→ port ${port}`, { name: 'plug', color: undefined }, [
    ['', `${address} leads to port ${port} of ${service}, until it is stopped or the window closes.`],
  ]);
  return { ...item, accessibleName: `${address} leads to port ${port} of the service ${plainLine(service)}` };
}

function urlItem(node: NodeOf<'url'>): ItemData {
  const url = plainLine(node.url);
  // The host is the same for all: the path is what tells them apart.
  const label = node.isOfHost ? url.replace(/^https?:\/\/[^/]*(?=\/)/, '') : url;
  const item = leaf(node, label, node.service, { name: 'globe', color: undefined }, [
    ['', node.url],
    ['Service', node.service],
  ]);
  return { ...item, accessibleName: `URL ${url} of the service ${plainLine(node.service)}`, opens: 'coppice.openUrl' };
}

function clusterItem(node: NodeOf<'cluster'>): ItemData {
  const { kind, title, detail, text, reason, since, way } = node.news;
  const at = since === undefined ? '' : `since ${localTime(since).split(' ').at(-1)}, `;
  const description = at + detail;
  const icon = kind === 'offline' ? { ...iconOf('offline'), color: 'list.warningForeground' } : iconOf('missing');
  const item = leaf(node, title, description, icon, [
    ['', kind === 'offline' ? `${title} ${description}.` : text],
    ...(reason === undefined ? [] : [['Reason', reason] as const]),
    ...(way ? [['', wayText(way, 'window')] as const] : []),
  ]);
  return { ...item, contextValue: `${node.id};` };
}

/** Of parts that are called as no icon is. */
const partIcons: Readonly<Record<string, string>> = { temporalNamespace: 'server-process', release: 'globe' };

function partItem(node: NodeOf<'part'>): ItemData {
  const { part, title, name, detail = '', waits, page } = node.part;
  const description = [plainLine(detail), title.toLowerCase()].filter(Boolean).join(' · ');
  const icon = waits === undefined ? { name: partIcons[part] ?? part, color: undefined } : iconOf('waiting');
  const item = leaf(node, plainLine(name), description, icon, [
    [title, name],
    ...(detail === '' ? [] : [['', detail] as const]),
  ]);
  const accessibleName = plainLine([`${title} ${name}`, detail].filter(Boolean).join(', '));
  return { ...item, contextValue: `${part};${page === undefined ? '' : 'page;'}`, accessibleName };
}

function orphanItem(node: NodeOf<'orphan'>): ItemData {
  const { environment } = node;
  const { state, words, marks, why, way } = orphanView(environment);
  const branch = environment.ref.replace(/^refs\/heads\//, '') || environment.slug;
  const item = leaf(node, plainLine(branch), [words, ...marks].join(' · '), iconOf(state), [
    ['', why ?? words],
    ['Namespace', environment.namespace],
    ...(environment.database === undefined ? [] : [['Database', environment.database] as const]),
    ['Folder it was for', environment.folder],
    ...(way ? [['', wayText(way, 'window')] as const] : []),
  ]);
  return {
    ...item,
    contextValue: state === 'orphan' ? 'orphan;' : `orphan;${state};`,
    accessibleName: [`Environment ${plainLine(branch)}`, words, ...marks].join(', '),
  };
}

/** What all environments of the cluster share. */
function infraItem(node: NodeOf<'infra'>): ItemData {
  const { infra, isStale } = node;
  const troubled = infra.services.filter(({ health }) => health !== 'healthy');
  const item = leaf(node, 'Infra', shortened(plainLine(infraWords(infra)), 160), healthIcon(infra.health, isStale), [
    ['', 'What all environments of this cluster share.'],
    ['Namespace', infra.namespace],
    ...troubled.map((service): TooltipLine => [service.name, serviceWords(service)]),
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
