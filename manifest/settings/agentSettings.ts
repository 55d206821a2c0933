import type { SettingGroup } from '../settingRow';

export const agentSettings: SettingGroup = {
  type: 'AgentSettings',
  title: 'Agents',
  keywords: ['claude', 'codex', 'ai', 'assistant', 'session'],
  rows: [
    {
      key: 'agent.command',
      type: 'string',
      default: 'claude',
      description:
        "What **Start Agent** starts in a terminal of a worktree's window: a program with its arguments. A shell reads it only if it has what only a shell understands, such as `&&`. How `claude`, `codex`, `gemini` and `opencode` take a prompt and go on with their last session is known; for another one write `${prompt}` or `${promptFile}` where it has the prompt, such as `aider --message-file ${promptFile}`.",
    },
    {
      key: 'agent.notify',
      type: 'boolean',
      default: false,
      description:
        'Whether a notification says that an agent waits for you: once for each wait, in one of the windows of its repository, with **Go to Agent**. Off: its row, the badge of the view and the status bar say it.',
    },
    {
      key: 'agent.sandboxHosts',
      type: 'list',
      default: [],
      description:
        "Hosts that an agent in a sandbox (**Start Agent in a Sandbox**, `coppice create --go --sandbox`) reaches besides those of its environment, such as `registry.npmjs.org`, `*.example.com` or `git.example.com:443`. Empty: only its environment's URLs, its database and what else its variables lead to, and the API server of its cluster.",
    },
    {
      key: 'agent.startWhen',
      type: 'string',
      default: 'ready',
      scope: 'machine-overridable',
      description:
        'When the agent of `#coppice.agent.command#` is started that was asked for with a new worktree, by **Create Worktree and Start Agent…** or `coppice create --go`.',
      enum: ['ready', 'atOnce'],
      enumDescriptions: [
        'When its environment is ready; where it does not become so, it is not started, and why is told.',
        'When its environment is made, ready or not: the agent may be what mends it.',
      ],
    },
  ],
};
