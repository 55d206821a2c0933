import type { Owner } from '../model';

/** Namespaces of the Temporal server that environments of this machine use: the setting `temporal.address` says which. */
export interface TemporalNamespaces {
  /**
   * Looks for the program, and starts nothing.
   *
   * @param worktrees folders of the repository: no program in them is taken, since nobody has approved it
   * @throws missingTool: one line that says how to get it
   */
  verify(worktrees: readonly string[]): Promise<void>;
  /**
   * Waits until the server answers. Where the address is one of this machine and nobody answers there, Coppice's own is started beside the
   * embedded cluster, which has to run.
   *
   * @throws missingTool, unreachable, failed, timeout
   */
  connect(worktrees: readonly string[], signal: AbortSignal): Promise<void>;
  /** Whether it answers now. Starts nothing. */
  answers(signal: AbortSignal): Promise<boolean>;
  /** Whose a namespace is; undefined: there is none. Foreign: no environment's. */
  owner(namespace: string, signal: AbortSignal): Promise<Owner | 'foreign' | undefined>;
  /**
   * Registers it, and waits until it can be used: whatever names it then reaches it, and not one of the same name that was deleted.
   *
   * @throws conflict where it is somebody else's, failed, timeout
   */
  register(namespace: string, owner: Owner, signal: AbortSignal): Promise<'registered' | 'found'>;
  /**
   * Whether all servers on which it was registered can be asked: what answers at the address of the settings may be another by now. Starts
   * none; waits for the one that the embedded cluster runs, where `waits`.
   *
   * @returns why not, without a full stop; undefined: they can
   */
  reach(namespace: string, how: ReachNamespace, signal: AbortSignal): Promise<string | undefined>;
  /** Whose it is on the servers on which it was registered, as far as they answer. */
  owners(namespace: string, signal: AbortSignal): Promise<readonly (Owner | 'foreign')[]>;
  /** How many workflows it has there, ended ones too, as far as they answer; 0 where there is none. */
  workflows(namespace: string, signal: AbortSignal): Promise<number>;
  /**
   * With its workflows, on the servers on which it was registered, and forgets these. No error where there is none.
   *
   * @param leaves goes on where one cannot be asked
   * @returns why something was left, without a full stop
   * @throws unreachable, before anything is removed; conflict where it is somebody else's
   */
  remove(namespace: string, owner: Owner, signal: AbortSignal, leaves?: boolean): Promise<string | undefined>;
  /** Takes back what was registered just now: no other server loses its own. @throws as `remove` */
  withdraw(namespace: string, owner: Owner, signal: AbortSignal): Promise<void>;
}

export interface ReachNamespace {
  readonly waits: boolean;
  /** Folders of the repository: no program in them is taken. */
  readonly worktrees: readonly string[];
}
