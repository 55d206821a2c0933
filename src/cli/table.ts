import { traitsOf } from '../core/clusterTraits';
import { outdatedText } from '../core/outdatedCluster';
import { withoutSequences } from '../core/terminalText';
import type { Environment, ServiceStatus, Snapshot, Worktree, WorktreeEntry } from '../core/model';

/** Columns as wide as they must be, two spaces between them, no spaces at the ends of lines. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** All worktrees with the health of their environments, a column a service. */
export function worktreeTable(snapshot: Snapshot): string {
  const services = [
    ...new Set(snapshot.entries.flatMap(({ environment }) => environment?.services.map(({ name }) => name) ?? [])),
  ];
  const header = ['NAME', 'STATUS', ...services.map((name) => printable(name).toUpperCase()), 'BRANCH', 'CHANGES'];
  const rows = snapshot.entries.map((entry) => [
    nameOf(entry),
    statusOf(entry, snapshot),
    ...services.map((name) => stateOf(entry.environment?.services.find((service) => service.name === name))),
    printable(entry.worktree.branch ?? `(${entry.worktree.head.slice(0, 7)})`),
    changesOf(entry),
  ]);
  const orphans = snapshot.orphans.map((environment) => [
    printable(environment.slug),
    environment.isBeingCreated ? 'Creating' : 'Orphan',
    ...services.map((name) => stateOf(environment.services.find((service) => service.name === name))),
    '(no worktree)',
    '',
  ]);
  const table = formatTable([header, ...rows, ...orphans]);
  const damaged = snapshot.entries.flatMap((entry) => entry.damaged ?? []).map(printable);
  const unseen = unseenText(snapshot);
  const moved = snapshot.entries.map(({ worktree }) => movedNote(worktree));
  return [table, ...damaged, ...moved, unseen, outdatedNote(snapshot)]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

/** How git learns of a folder that was moved without it; undefined: it knows where the folder is. */
export function movedNote({ path, movedTo }: Pick<Worktree, 'path' | 'movedTo'>): string | undefined {
  if (movedTo === undefined) return undefined;
  return `${printable(path)} was moved to ${printable(movedTo)} without git: git worktree repair ${JSON.stringify(printable(movedTo))}`;
}

/** Why nothing is said of the environments, when there are some. */
export function unseenText({ cluster, clusterIdentity, entries }: Snapshot): string | undefined {
  if (
    cluster.state !== 'offline' ||
    entries.every(({ identity, elsewhere }) => identity === undefined || elsewhere !== undefined)
  )
    return undefined;
  const why = `How the environments are is not known: ${printable(cluster.reason).replace(/\.$/, '')}.`;
  const isStartable = !clusterIdentity || traitsOf(clusterIdentity).canStart !== 'never';
  return isStartable ? `${why} "coppice cluster start" starts it.` : why;
}

/** That the cluster goes on as an older version, and what to do about it. */
export function outdatedNote({ outdatedCluster }: Snapshot): string | undefined {
  if (!outdatedCluster) return undefined;
  return `${printable(outdatedText(outdatedCluster))} Restart it: coppice cluster stop && coppice cluster start`;
}

/** The environment's slug; without one the folder's name. */
export function nameOf(entry: WorktreeEntry): string {
  return printable(entry.identity?.names.slug ?? entry.worktree.path.split(/[\\/]/).at(-1) ?? '');
}

export function statusOf(entry: WorktreeEntry, snapshot: Snapshot): string {
  const state = stateWord(entry, snapshot);
  return entry.worktree.locked === undefined ? state : state === '-' ? 'Locked' : `${state}, locked`;
}

function stateWord({ worktree, identity, damaged, environment, elsewhere }: WorktreeEntry, snapshot: Snapshot): string {
  if (worktree.movedTo !== undefined) return 'Moved';
  if (worktree.prunable !== undefined) return 'Gone';
  if (damaged !== undefined) return 'Damaged';
  if (!identity) return '-';
  if (elsewhere) return 'Elsewhere';
  if (!environment) return snapshot.cluster.state === 'online' ? 'Missing' : 'Unknown';
  return healthWord(environment);
}

export function healthWord({ terminating, health }: Environment): string {
  return terminating ? 'Terminating' : health.charAt(0).toUpperCase() + health.slice(1);
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
