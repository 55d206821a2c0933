import type * as vscode from 'vscode';
import type { AgentTask } from '../../core/agents/agentTask';
import type { Snapshot } from '../../core/model';
import { openAgentTerminal } from '../terminals/agent';
import type { UiDependencies } from '../editor/dependencies';
import { readSettings } from '../editor/settings';
import { worktreeState, type WorktreeState } from '../../app/view/worktreeState';
import { entryOfFolder } from '../editor/windowEntry';

type Dependencies = Pick<UiDependencies, 'environments' | 'agents' | 'log'>;

/**
 * Where an agent that was asked for is started; what is on its way is waited for. `ready`: the services run, or none is meant to, which is
 * what a create calls ready. `atOnce`: only where the setting says so; one that is degraded may be what the agent is to mend.
 */
const agentStarts: Readonly<Record<WorktreeState, 'ready' | 'atOnce' | 'never'>> = {
  healthy: 'ready',
  waiting: 'ready',
  stopped: 'ready',
  asleep: 'atOnce',
  degraded: 'atOnce',
  progressing: 'atOnce',
  updating: 'atOnce',
  none: 'never',
  creating: 'never',
  createCutOff: 'never',
  noServices: 'never',
  deleting: 'never',
  deleteCutOff: 'never',
  elsewhere: 'never',
  missing: 'never',
  offline: 'never',
  unknown: 'never',
  damaged: 'never',
  folderGone: 'never',
  moved: 'never',
  orphan: 'never',
};

/** What of the editor's collection is used. */
export interface TerminalVariables {
  persistent: boolean;
  clear(): void;
  getScoped(scope: {
    workspaceFolder: vscode.WorkspaceFolder;
  }): Pick<vscode.EnvironmentVariableCollection, 'clear' | 'replace' | 'description'>;
}

/**
 * Gives the terminals of each of the window's folders the variables of that folder's environment, wakes one that sleeps when the
 * window is opened, and starts the agent
 * that was asked for when the worktree was made, once the environment has started.
 */
export class WindowEnvironment implements vscode.Disposable {
  readonly #dependencies: Dependencies;
  readonly #collection: TerminalVariables;
  readonly #onFailure: (error: unknown) => void;
  /** What was last looked up for a folder, by the folder's path. */
  readonly #known = new Map<string, { readonly key: string; readonly variables: Readonly<Record<string, string>> }>();
  readonly #askedForAgent = new Set<string>();
  /** Folders of which a person knows that the agent cannot start. */
  readonly #toldMissing = new Set<string>();
  /** Folders of which this window has seen how they are: one that is put to sleep later is meant to sleep, until somebody works there. */
  readonly #seen = new Set<string>();
  readonly #closed = new AbortController();
  #queue: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(dependencies: Dependencies, collection: TerminalVariables, onFailure: (error: unknown) => void) {
    this.#dependencies = dependencies;
    this.#onFailure = onFailure;
    this.#collection = collection;
    // What they lead to may be gone by the next start.
    collection.persistent = false;
  }

  /** Another window may have asked for an agent since: the next snapshot looks anew. */
  lookAgain(): void {
    this.#askedForAgent.clear();
  }

  /** Somebody begins to work in this window again: the next snapshot wakes what sleeps by then. */
  useAgain(): void {
    this.#seen.clear();
  }

  /** Settings are among what variables are made of, and name the agent: the next snapshot reads them anew. */
  readAgain(): void {
    this.#askedForAgent.clear();
    this.#toldMissing.clear();
    for (const [folder, { variables }] of this.#known) this.#known.set(folder, { key: '', variables });
  }

  /** One snapshot after the other; never rejects. */
  update(snapshot: Snapshot, folders: readonly vscode.WorkspaceFolder[]): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      for (const folder of folders) {
        if (this.#isDisposed) return;
        try {
          await this.#updateFolder(snapshot, folder);
        } catch (error) {
          this.#dependencies.log.warn(`The variables of ${folder.uri.fsPath} could not be read: ${String(error)}`);
        }
      }
    });
    return this.#queue;
  }

  async #updateFolder(snapshot: Snapshot, folder: vscode.WorkspaceFolder): Promise<void> {
    const entry = entryOfFolder(snapshot, folder.uri.fsPath);
    const path = entry?.worktree.path ?? folder.uri.fsPath;
    const { environment, identity } = entry ?? {};
    // Only what the cluster is known to have: a variable that leads nowhere is worse than none. While it is offline the
    // last known stays.
    if (!environment || environment.terminating) {
      const isForgotten = snapshot.cluster.state !== 'offline' || entry?.elsewhere !== undefined;
      if (isForgotten) this.#set(folder, '', {});
      return;
    }
    const state = entry && worktreeState(entry, snapshot).state;
    if (snapshot.cluster.state === 'online' && !this.#seen.has(path)) {
      this.#seen.add(path);
      if (state === 'asleep') void this.#wake(path);
    }
    // Looked up again from time to time: the token of the kubeconfig that KUBECONFIG names is renewed by that.
    const hour = Math.floor(Date.now() / 3_600_000);
    const { namespace, database, health } = environment;
    const key = [path, namespace, database, identity?.createdAt, health, hour].join('\n');
    let known = this.#known.get(folder.uri.fsPath);
    if (known?.key !== key) {
      const variables = await this.#dependencies.environments.variables(path, AbortSignal.timeout(10_000));
      if (!variables) return;
      known = this.#set(folder, key, variables);
    }
    const starts = state === undefined ? 'never' : agentStarts[state];
    const mayStart = starts === 'ready' || (starts === 'atOnce' && readSettings()['agent.startWhen'] === 'atOnce');
    if (!mayStart || snapshot.cluster.state !== 'online' || this.#askedForAgent.has(path)) return;
    this.#askedForAgent.add(path);
    await this.#startAgent(path, known.variables);
  }

  /** Whoever opens its window is about to use it. How far it is, is seen as with any other start. */
  async #wake(path: string): Promise<void> {
    const { environments, log } = this.#dependencies;
    try {
      const { signal } = this.#closed;
      await environments.wake({ folder: path, path }, { signal, report: () => undefined });
    } catch (error) {
      log.warn(`The environment of ${path} was not woken: ${String(error)}`);
    }
  }

  /** Who asked for it is told once why it does not start. The request stays until it does: another program may be named, or be installed. */
  async #startAgent(path: string, variables: Readonly<Record<string, string>>): Promise<void> {
    const { agents } = this.#dependencies;
    const asked = await agents.read(path, AbortSignal.timeout(30_000));
    if (!asked) return void this.#toldMissing.delete(path);
    try {
      const find = (task: AgentTask) => agents.find(readSettings()['agent.command'], path, task);
      const found = await find(asked);
      const task = await agents.take(path, AbortSignal.timeout(30_000));
      this.#toldMissing.delete(path);
      if (task) openAgentTerminal(isSameTask(task, asked) ? found : await find(task), path, variables);
    } catch (error) {
      if (this.#toldMissing.has(path)) return;
      this.#toldMissing.add(path);
      this.#onFailure(error);
    }
  }

  #set(
    folder: vscode.WorkspaceFolder,
    key: string,
    variables: Readonly<Record<string, string>>,
  ): { readonly key: string; readonly variables: Readonly<Record<string, string>> } {
    const name = folder.uri.fsPath;
    const before = this.#known.get(name);
    const known = { key, variables };
    this.#known.set(name, known);
    // Every write makes open terminals say that they are out of date.
    if (before ? isSame(before.variables, variables) : Object.keys(variables).length === 0) return known;
    const scoped = this.#collection.getScoped({ workspaceFolder: folder });
    scoped.clear();
    scoped.description = "This worktree's environment of its own";
    for (const [variable, value] of Object.entries(variables)) scoped.replace(variable, value);
    return known;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#closed.abort();
    this.#collection.clear();
  }
}

function isSameTask(one: AgentTask, other: AgentTask): boolean {
  return one.prompt === other.prompt && one.resumes === other.resumes && one.isSandboxed === other.isSandboxed;
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
