export interface WalkthroughRow {
  /** VS Code knows it as `coppice.coppice#coppice.<id>`. */ readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly steps: readonly StepRow[];
}

interface StepRow {
  readonly id: string;
  readonly title: string;
  /** Markdown; a line that is one link is a button. */ readonly lines: readonly string[];
  /** A page of media/walkthrough, without `.md`. */ readonly page: string;
  /** What ticks the step off. */ readonly completionEvents: readonly string[];
}

export const walkthroughs: readonly WalkthroughRow[] = [
  {
    id: 'start',
    title: 'Get Started with Coppice',
    description: 'Give every git worktree an environment of its own.',
    steps: [
      {
        id: 'environmentFile',
        title: 'Describe the environment',
        lines: [
          'A file at the root of the repository names its services and its database. Coppice proposes one by what the repository says.',
          '[Create coppice.yaml](command:coppice.createEnvironmentFile)',
          'No repository at hand?',
          '[Try It on a Sample…](command:coppice.openSample)',
        ],
        page: '1-environment-file',
        completionEvents: ['onCommand:coppice.createEnvironmentFile', 'onContext:coppice.hasEnvironmentFile'],
      },
      {
        id: 'createWorktree',
        title: 'Create a worktree',
        lines: [
          'Choose a branch or name a new one; it opens in a window of its own.',
          '[Create Worktree…](command:coppice.createWorktree)',
        ],
        page: '2-create-worktree',
        completionEvents: ['onContext:coppice.hasOtherWorktree'],
      },
      {
        id: 'seeAndOpen',
        title: 'See it run',
        lines: [
          'Health, logs and URLs are in the Worktrees view and behind the status bar item.',
          '[Show Worktrees](command:coppice.worktrees.focus)',
          '[Open URL](command:coppice.openUrl)',
        ],
        page: '3-see-and-open',
        completionEvents: ['onCommand:coppice.openUrl', 'onContext:coppice.hasEnvironment'],
      },
      {
        id: 'agents',
        title: 'Start an agent',
        lines: [
          'Let a coding agent work in a worktree of its own; it begins once the environment is ready.',
          '[Create Worktree and Start Agent…](command:coppice.createWorktreeAndStartAgent)',
          'Worktrees that Claude Code makes itself get an environment, too.',
          '[Connect Claude Code…](command:coppice.connectClaudeCode)',
        ],
        page: '4-agents',
        completionEvents: [
          'onCommand:coppice.createWorktreeAndStartAgent',
          'onCommand:coppice.startAgent',
          'onCommand:coppice.connectClaudeCode',
        ],
      },
      {
        id: 'cluster',
        title: 'Run it in containers',
        lines: [
          'Environments run as processes of this machine until you choose another cluster.',
          '[Set Up Cluster…](command:coppice.setUpCluster)',
          '[Choose Cluster…](command:coppice.chooseCluster)',
        ],
        page: '5-cluster',
        completionEvents: ['onCommand:coppice.setUpCluster', 'onCommand:coppice.chooseCluster'],
      },
    ],
  },
];
