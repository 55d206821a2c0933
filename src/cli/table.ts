import { agentsFact } from '../app/view/agentWords';
import { clusterNews } from '../app/view/clusterNews';
import { leftAsideView } from '../app/view/leftAsideView';
import { orphanView } from '../app/view/orphanView';
import { sparesView } from '../app/view/sparesView';
import { wayText } from '../app/view/wayOut';
import type { WorktreeState } from '../app/view/worktreeState';
import { worktreeView, type WorktreeView } from '../app/view/worktreeView';
import { formatTable } from '../core/text/formatTable';
import { withoutSequences } from '../core/text/terminalText';
import type { Environment, ServiceStatus, Snapshot, WorktreeEntry } from '../core/model';
import type { EnvironmentUsage } from '../core/ports/usages';

/** All worktrees with the health of their environments, a column a service; what they use where anybody tells that of one. */
export function worktreeTable(snapshot: Snapshot, usages: ReadonlyMap<string, EnvironmentUsage> = new Map()): string {
  const services = [
    ...new Set(snapshot.entries.flatMap(({ environment }) => environment?.services.map(({ name }) => name) ?? [])),
  ];
  const namespaces = [...snapshot.entries.map(({ environment }) => environment), ...snapshot.orphans];
  const isMeasured = namespaces.some((environment) => environment && usages.has(environment.namespace));
  const used = (environment: Environment | undefined): string[] =>
    isMeasured ? usageCells(environment && usages.get(environment.namespace)) : [];
  const hasAgents = snapshot.entries.some(({ agents }) => agents !== undefined);
  const header = [
    ...['NAME', 'STATUS', ...services.map((name) => printable(name).toUpperCase())],
    ...[...(isMeasured ? ['CPU', 'MEMORY'] : []), ...(hasAgents ? ['AGENT'] : []), 'BRANCH', 'CHANGES'],
  ];
  const rows = snapshot.entries.map((entry) => [
    nameOf(entry),
    statusCell(worktreeView(entry, snapshot)),
    ...services.map((name) => stateOf(entry.environment?.services.find((service) => service.name === name))),
    ...used(entry.environment),
    ...(hasAgents ? [capitalized(agentsFact(entry).replace(/^agent /, '')) || '-'] : []),
    printable(entry.worktree.branch ?? `(${entry.worktree.head.slice(0, 7)})`),
    changesOf(entry),
  ]);
  const orphans = snapshot.orphans.map((environment) => [
    printable(environment.slug),
    capitalized(orphanView(environment).words),
    ...services.map((name) => stateOf(environment.services.find((service) => service.name === name))),
    ...used(environment),
    ...(hasAgents ? ['-'] : []),
    '(no worktree)',
    '',
  ]);
  const table = formatTable([header, ...rows, ...orphans]);
  const notes = snapshot.entries.flatMap((entry) => {
    const view = worktreeView(entry, snapshot);
    return toldBelow.has(view.state) || entry.waits !== undefined ? (viewNote(view) ?? []) : [];
  });
  const held = snapshot.orphans.flatMap((orphan) => {
    const view = orphanView(orphan);
    return view.state === 'deleting' ? (viewNote(view) ?? []) : [];
  });
  const left = (snapshot.leftAside ?? []).map((each) => printable(leftAsideView(each).why));
  const spares = snapshot.spares ? [sparesView(snapshot.spares).why] : [];
  return [table, ...notes, ...held, ...left, ...spares, ...clusterNotes(snapshot)].join('\n\n');
}

/** Processors and memory; `-` where nothing runs. */
export function usageCells(
  usage: { readonly cpuCores?: number | undefined; readonly memoryBytes?: number | undefined } = {},
): string[] {
  const { cpuCores, memoryBytes } = usage;
  return [
    cpuCores === undefined ? '-' : cpuCores.toFixed(2),
    memoryBytes === undefined ? '-' : `${Math.round(memoryBytes / 2 ** 20)} MiB`,
  ];
}

/** What a person has to do something about, and what no column says. */
const toldBelow: ReadonlySet<WorktreeState> = new Set(['damaged', 'moved', 'createCutOff', 'deleteCutOff', 'deleting']);

/** The state and what is to be said beside it. */
export function statusCell({ words, marks }: Pick<WorktreeView, 'words' | 'marks'>): string {
  return capitalized([words, ...marks].filter((each) => each !== '').join(', ')) || '-';
}

export function capitalized(words: string): string {
  return printable(words.charAt(0).toUpperCase() + words.slice(1));
}

/** Why a state is as it is, and what to do about it; undefined: there is no more to say. */
export function viewNote({ why, way }: Pick<WorktreeView, 'why' | 'way'>): string | undefined {
  const sentences = [why, way && wayText(way, 'terminal')].filter((each) => each !== undefined);
  return sentences.length === 0 ? undefined : printable(sentences.join(' '));
}

/** What is to be said of the cluster. That it is away only where there is something in it that nobody sees now. */
export function clusterNotes(snapshot: Pick<Snapshot, 'entries'> & Parameters<typeof clusterNews>[0]): string[] {
  const isMissed = snapshot.entries.some(({ identity, elsewhere }) => identity !== undefined && !elsewhere);
  return clusterNews(snapshot)
    .filter(({ kind }) => kind !== 'offline' || isMissed)
    .map(({ text, way }) => printable([text, ...(way ? [wayText(way, 'terminal')] : [])].join(' ')));
}

/** The environment's slug; without one the folder's name. */
export function nameOf(entry: WorktreeEntry): string {
  return printable(entry.identity?.names.slug ?? entry.worktree.path.split(/[\\/]/).at(-1) ?? '');
}

function stateOf(service: ServiceStatus | undefined): string {
  return service ? printable(service.state) : '-';
}

export function changesOf({ status }: WorktreeEntry): string {
  if (!status) return '';
  const { ahead, behind, changed, untracked } = status;
  const parts = [
    ahead && `↑${ahead}`,
    behind && `↓${behind}`,
    changed && `${changed} changed`,
    untracked && `${untracked} untracked`,
  ];
  return parts.filter(Boolean).join(' ');
}

/** What others wrote must not move the cursor or change colours of the terminal that it is printed in. */
export function printable(text: string): string {
  return withoutSequences(text).replace(
    /\p{C}/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** What a service says that did not get ready. */
export function troubleText({ name, state, reason }: ServiceStatus): string {
  return `${printable(name)} is not ready: ${printable(state)}${reason ? `, ${printable(reason)}` : ''}`;
}
