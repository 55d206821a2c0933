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
          'A file at the root of the repository names its services and its database.',
          '[Create coppice.yaml](command:coppice.createEnvironmentFile)',
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
        completionEvents: ['onCommand:coppice.createWorktree'],
      },
      {
        id: 'seeAndOpen',
        title: 'See it run',
        lines: [
          'Health, logs and URLs are in the Worktrees view and behind the status bar item.',
          '[Show Worktrees](command:coppice.worktrees.focus)',
        ],
        page: '3-see-and-open',
        completionEvents: ['onView:coppice.worktrees'],
      },
      {
        id: 'agents',
        title: 'Start an agent',
        lines: [
          'Let a coding agent work in a worktree of its own.',
          '[Create Worktree and Start Agent…](command:coppice.createWorktreeAndStartAgent)',
        ],
        page: '4-agents',
        completionEvents: ['onCommand:coppice.createWorktreeAndStartAgent', 'onCommand:coppice.startAgent'],
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
