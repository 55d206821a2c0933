import { wayText } from '../../app/view/wayOut';
import { worktreeView } from '../../app/view/worktreeView';
import { clusterText } from '../../core/clusters/clusterRules';
import { lockText } from '../../core/clusters/lockOwner';
import { outdatedText } from '../../core/outdatedCluster';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { plural } from '../../core/text/plural';
import { localTime, plainLine } from '../editor/text';
import { plainWorktreeName } from '../editor/windowEntry';

/**
 * Everything about one environment as plain text; secrets are not in a snapshot, and so not here.
 *
 * @param urlNote something about its URLs that a person should know
 */
export function statusText(snapshot: Snapshot, entry: WorktreeEntry, urlNote?: string): string {
  const { worktree, status, environment, identity } = entry;
  const last = status?.lastCommit;
  const view = worktreeView(entry, snapshot);
  const sections: Section[] = [
    section(`Worktree ${plainWorktreeName(entry)}`, [
      ['Folder', worktree.path],
      [
        'Moved',
        entry.movedFrom && `services were started for ${entry.movedFrom}: ${wayText({ command: 'update' }, 'window')}`,
      ],
      ['Branch', worktree.branch ?? 'none (detached HEAD)'],
      ['Commit', last ? `${last.id.slice(0, 7)} ${last.subject} (${localTime(last.date)})` : worktree.head.slice(0, 7)],
      [
        'Upstream',
        status && (status.upstream ? `${status.upstream}, ${status.ahead} ahead, ${status.behind} behind` : 'none'),
      ],
      ['Changes', status && changes(status)],
      ['Locked', lockText(worktree)],
    ]),
    section('Environment', [
      ['Health', [view.words, ...view.marks].filter((each) => each !== '').join(', ') || undefined],
      ['Why', view.why],
      ['Way out', view.way && wayText(view.way, 'window')],
      [
        'Cluster',
        snapshot.cluster.state === 'offline'
          ? `offline since ${localTime(snapshot.cluster.since)}: ${snapshot.cluster.reason}`
          : snapshot.cluster.state,
      ],
      ['Runs in', snapshot.clusterIdentity && clusterText(snapshot.clusterIdentity)],
      ['Unsaved', snapshot.stateTrouble],
      ['Outdated', snapshot.outdatedCluster && outdatedText(snapshot.outdatedCluster)],
      ['Namespace', identity?.names.namespace ?? environment?.namespace],
      ...view.parts.flatMap(({ title, name, detail, page }) => [
        [title, [name, detail].filter(Boolean).join(', ')] as const,
        ['', page] as const,
      ]),
      ['Temporal', view.parts.some(({ part }) => part === 'temporalNamespace') ? undefined : temporalOf(identity)],
      ['Host', identity?.names.host],
      ['Created', identity && localTime(identity.createdAt)],
      ...(environment?.notes ?? []).map((note) => ['Note', note] as const),
    ]),
    ...(environment?.services.length
      ? [
          section(
            'Services',
            environment.services.map((service) => [
              service.name,
              [
                service.state,
                `${service.ready}/${service.desired} ready`,
                service.restarts > 0 ? plural(service.restarts, 'restart') : '',
                service.reason ?? '',
              ]
                .filter(Boolean)
                .join(' · '),
            ]),
          ),
          section('URLs', [
            ...view.addresses.map(({ url, service }): [string, string] => [service, url]),
            ['Note', urlNote],
          ]),
          section(
            'Metrics ports',
            Object.entries(identity?.parts.services?.metricsPorts ?? {}).map(([name, port]) => [name, String(port)]),
          ),
        ]
      : []),
  ];
  // One column for all, whatever the longest name is.
  const known = sections.filter(({ rows }) => rows.length > 0);
  const width = Math.max(...known.flatMap(({ rows }) => rows.map(([name]) => name.length))) + 2;
  return known.map(({ title, rows }) => text(title, rows, width)).join('\n');
}

/** Where a program of the environment is to work, whoever registers it. */
function temporalOf(identity: WorktreeEntry['identity']): string | undefined {
  return identity?.parts.temporal?.namespace;
}

interface Section {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

function changes(status: NonNullable<WorktreeEntry['status']>): string {
  const parts = [
    status.changed > 0 ? `${status.changed} changed` : '',
    status.untracked > 0 ? `${status.untracked} untracked` : '',
    status.conflicts > 0 ? plural(status.conflicts, 'conflict') : '',
  ].filter(Boolean);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** Rows without a value say nothing, and are left out. */
function section(title: string, rows: readonly (readonly [string, string | undefined])[]): Section {
  return {
    title,
    rows: rows.flatMap(([name, value]) => (value === undefined ? [] : [[plainLine(name), plainLine(value)] as const])),
  };
}

function text(title: string, rows: Section['rows'], width: number): string {
  return `${title}\n${rows.map(([name, value]) => `  ${name.padEnd(width)}${value}`).join('\n')}\n`;
}
