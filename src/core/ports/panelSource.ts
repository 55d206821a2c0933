/** Draws an environment's panels in pages of its own, which the dashboard frames: Grafana. */
export interface PanelSource {
  /**
   * Whether its panels can be shown in frames now. Never throws but when the signal aborts.
   *
   * @param address of it, with or without a path of its own
   * @param ancestors origins of the pages around a frame, as far as they are known: `vscode-webview://…`, `https://…`
   */
  check(address: string, ancestors: readonly string[], signal: AbortSignal): Promise<PanelSourceState>;
}

export type PanelSourceState =
  | { readonly state: 'ready' }
  /** Nothing answers, or it says itself that it is not well. */
  | { readonly state: 'away'; readonly reason: string }
  /** Something else answers there. */
  | { readonly state: 'foreign'; readonly reason: string }
  /** @param header which of its headers forbids it, with its value */
  | { readonly state: 'refusesFrames'; readonly header: string }
  | { readonly state: 'wantsLogin' }
  /** It does not have our dashboard. */
  | { readonly state: 'lacksDashboard' };
