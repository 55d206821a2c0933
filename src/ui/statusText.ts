import type { Snapshot, WorktreeEntry } from '../core/model';
import { plainLine, plural } from './text';
import { stateWord, worktreeName, worktreeState, worktreeUrls } from './worktreeView';

/** Everything about one environment as plain text; secrets are not in a snapshot, and so not here. */
export function statusText(snapshot: Snapshot, entry: WorktreeEntry): string {
  const { worktree, status, environment, identity } = entry;
  const last = status?.lastCommit;
  const state = stateWord(worktreeState(entry, snapshot.cluster));
  return [
    section(`Worktree ${worktreeName(entry)}`, [
      ['Folder', worktree.path],
      ['Branch', worktree.branch ?? 'none (detached HEAD)'],
      ['Commit', last ? `${last.id.slice(0, 7)} ${last.subject} (${last.date})` : worktree.head.slice(0, 7)],
      [
        'Upstream',
        status && (status.upstream ? `${status.upstream}, ${status.ahead} ahead, ${status.behind} behind` : 'none'),
      ],
      ['Changes', status && changes(status)],
      ['Locked', worktree.locked === undefined ? undefined : worktree.locked || 'yes'],
      ['Missing', worktree.prunable],
    ]),
    section('Environment', [
      ['Health', state === '' ? (identity ? 'not known' : 'none: "Coppice: Create Environment" makes one') : state],
      [
        'Cluster',
        snapshot.cluster.state === 'offline'
          ? `offline since ${snapshot.cluster.since}: ${snapshot.cluster.reason}`
          : snapshot.cluster.state,
      ],
      ['Namespace', identity?.namespace ?? environment?.namespace],
      ['Database', environment?.database ?? identity?.database],
      ['Temporal', identity?.temporalNamespace],
      ['Host', identity?.host],
      ['Created', identity?.createdAt],
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
          section(
            'URLs',
            worktreeUrls(entry).map(({ url, service }) => [service, url]),
          ),
          section(
            'Metrics ports',
            Object.entries(identity?.metricsPorts ?? {}).map(([name, port]) => [name, String(port)]),
          ),
        ]
      : []),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function changes(status: NonNullable<WorktreeEntry['status']>): string {
  const parts = [
    status.changed > 0 ? `${status.changed} changed` : '',
    status.untracked > 0 ? `${status.untracked} untracked` : '',
    status.conflicts > 0 ? plural(status.conflicts, 'conflict') : '',
  ].filter(Boolean);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function section(title: string, rows: readonly (readonly [string, string | undefined])[]): string {
  const known = rows.filter((row): row is readonly [string, string] => row[1] !== undefined);
  if (known.length === 0) return '';
  const width = Math.max(...known.map(([name]) => plainLine(name).length)) + 2;
  const lines = known.map(([name, value]) => `  ${plainLine(name).padEnd(width)}${plainLine(value)}`);
  return `${title}\n${lines.join('\n')}\n`;
}
