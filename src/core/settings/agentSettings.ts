// Written by "npm run manifest" from manifest/settings: change it there.

/** Agents: the keys are those of VS Code without the prefix `coppice.`. */
export interface AgentSettings {
  /**
   * What **Start Agent** starts in a terminal of a worktree's window: a program with its arguments. A shell reads it
   * only if it has what only a shell understands, such as `&&`. How `claude`, `codex`, `gemini` and `opencode` take a
   * prompt and go on with their last session is known; for another one write `${prompt}` or `${promptFile}` where it
   * has the prompt, such as `aider --message-file ${promptFile}`.
   */
  readonly 'agent.command': string;
  /**
   * Whether a notification says that an agent waits for you: once for each wait, in one of the windows of its
   * repository, with **Go to Agent**. Off: its row, the badge of the view and the status bar say it.
   */
  readonly 'agent.notify': boolean;
  /**
   * Hosts that an agent in a sandbox (**Start Agent in a Sandbox**, `coppice create --go --sandbox`) reaches besides
   * those of its environment, such as `registry.npmjs.org`, `*.example.com` or `git.example.com:443`. Empty: only its
   * environment's URLs, its database and what else its variables lead to, and the API server of its cluster.
   */
  readonly 'agent.sandboxHosts': readonly string[];
  /**
   * When the agent of `coppice.agent.command` is started that was asked for with a new worktree, by **Create Worktree
   * and Start Agent…** or `coppice create --go`.
   */
  readonly 'agent.startWhen': string;
}
