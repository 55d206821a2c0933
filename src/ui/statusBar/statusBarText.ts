import { agentLine, waitingAgents, waitingText } from '../../app/view/agentWords';
import { clusterNews } from '../../app/view/clusterNews';
import { failingOf, failingSentence } from '../../app/view/failing';
import { wayText } from '../../app/view/wayOut';
import { serviceWords, worktreeFacts, worktreeName, worktreeView } from '../../app/view/worktreeView';
import { clusterText } from '../../core/clusters/clusterRules';
import type { Snapshot, WorktreeEntry } from '../../core/model';
import { iconless, plainLine, shortened } from '../editor/text';
import { iconOf } from '../tree/icons';
import type { TooltipLine } from '../tree/item';

export interface StatusBarText {
  readonly text: string;
  readonly accessibleName: string;
  readonly tooltip: readonly TooltipLine[];
  readonly isError: boolean;
}

/** What the status bar says of the window's worktree; undefined: nothing, where no environment is to be had. */
export function statusBarText(snapshot: Snapshot, entry: WorktreeEntry | undefined): StatusBarText | undefined {
  if (!entry || !snapshot.repository || !(snapshot.hasEnvironmentFile || entry.identity || entry.environment))
    return undefined;
  const view = worktreeView(entry, snapshot);
  const all = failingOf(snapshot);
  // Of the only environment all is said already.
  const others = all.failing.length > 0 && all.of > 1;
  const name = entry.identity?.names.slug ?? entry.environment?.slug ?? plainLine(view.name);
  const url = view.addresses[0]?.url;
  const degraded = (entry.environment?.services ?? []).filter((service) => service.health === 'degraded');
  // The services say it line by line, and of the cluster it is said for all.
  const why = view.state === 'degraded' || view.state === 'offline' ? undefined : view.why;
  const waiting = waitingAgents(snapshot);
  const waits = waitingText(waiting.length);
  return {
    text: [
      [`$(${iconOf(view.state).name})`, iconless(name), view.words].filter(Boolean).join(' '),
      ...(others ? [`· ${all.failing.length} of ${all.of} failing`] : []),
      ...(waits === '' ? [] : [`$(bell-dot) ${waits}`]),
    ].join(' '),
    accessibleName: `Coppice: ${[
      [name, view.words].filter(Boolean).join(' '),
      others ? failingSentence(all) : '',
      waits,
    ]
      .filter(Boolean)
      .join(', ')}`,
    tooltip: [
      ['', `${view.name}: ${worktreeFacts(view, entry).join(' · ')}`],
      ...waiting.map(({ entry: other, agent }): TooltipLine => [worktreeName(other), `agent ${agentLine(agent)}`]),
      ...(why === undefined ? [] : ([['', why]] as const)),
      ...(view.way ? ([['', wayText(view.way, 'window')]] as const) : []),
      ...(url === undefined ? [] : ([['URL', url]] as const)),
      ...(snapshot.clusterIdentity ? ([['Cluster', clusterText(snapshot.clusterIdentity)]] as const) : []),
      ...clusterNews(snapshot).map(({ text }): TooltipLine => ['', text]),
      ...all.failing.filter((each) => each !== entry).map((each) => failingLine(each, snapshot)),
      ...degraded.map((service): TooltipLine => [service.name, serviceWords(service)]),
    ],
    isError: view.state === 'degraded',
  };
}

/** Of another worktree: what is wrong there. */
function failingLine(entry: WorktreeEntry, snapshot: Snapshot): TooltipLine {
  const { name, words, why } = worktreeView(entry, snapshot);
  return [plainLine(name), shortened(plainLine([words, why].filter(Boolean).join(': ')), 160)];
}
