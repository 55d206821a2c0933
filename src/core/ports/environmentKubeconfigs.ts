/** Kubeconfigs that lead to one environment, as its own service account. Terminals and agents get them. */
export interface EnvironmentKubeconfigs {
  /**
   * Writes it, or brings it up to date: its token is renewed long before it expires. An environment without an account of its
   * own (as a chart of the repository's own may leave it) gets one that is let in nowhere, so that nothing else is taken.
   *
   * @returns its absolute path; only this user can read the file
   * @throws unreachable, timeout, conflict
   */
  ensure(namespace: string, signal?: AbortSignal): Promise<string>;
  /** No error when there is none. */
  remove(namespace: string): Promise<void>;
}
