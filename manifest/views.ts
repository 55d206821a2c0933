import { when } from './when';

export interface ViewRow {
  /** VS Code knows it as `coppice.<id>`. */
  readonly id: string;
  readonly name: string;
  readonly welcome: readonly WelcomeRow[];
}

interface WelcomeRow {
  readonly id: string;
  readonly when: string;
  /** Markdown; a line that is one link is a button. */
  readonly lines: readonly string[];
}

/** The views of the activity bar, with what they say while they are empty. */
export const views: readonly ViewRow[] = [
  {
    id: 'worktrees',
    name: 'Worktrees',
    welcome: [
      {
        id: 'noFolder',
        when: 'workspaceFolderCount == 0',
        lines: [
          'Open the folder of a git repository to give each of its worktrees an environment of its own.',
          '[Open Folder](command:vscode.openFolder)',
          'Or see it run first, in a small repository that needs no preparation.',
          '[Try It on a Sample…](command:coppice.openSample)',
        ],
      },
      {
        id: 'untrusted',
        when: 'workspaceFolderCount != 0 && !isWorkspaceTrusted',
        lines: [
          'Trust this worktree to start its environment and agent.',
          '[Manage Trust](command:workbench.trust.manage)',
          'Coppice runs commands that this repository names, and so does nothing before you say that you trust its folder.',
        ],
      },
      {
        id: 'noGit',
        when: `${when.trusted} && coppice.state == noGit`,
        lines: [
          'git was not found on this machine. Coppice needs it to work with worktrees.',
          '[Install git](https://git-scm.com/downloads)',
          '[Try Again](command:coppice.refresh)',
        ],
      },
      {
        id: 'noRepository',
        when: `${when.trusted} && coppice.state == noRepository`,
        lines: [
          'This folder is not in a git repository.',
          '[Open Folder](command:vscode.openFolder)',
          '[Initialize Repository](command:git.init)',
          '[Try Again](command:coppice.refresh)',
        ],
      },
      {
        id: 'noEnvironmentFile',
        when: `${when.trusted} && coppice.state == noEnvironmentFile`,
        lines: [
          'A file named coppice.yaml tells what an environment of this repository is made of: its services, its database, its URLs.',
          '[Create coppice.yaml](command:coppice.createEnvironmentFile)',
          'It is proposed by what the repository says, and written when you save it. New here? [See how it works](command:workbench.action.openWalkthrough?%22coppice.coppice%23coppice.start%22), or [try it on a sample](command:coppice.openSample).',
        ],
      },
      {
        id: 'filteredOut',
        when: `${when.trusted} && coppice.isFilteredOut`,
        lines: [
          'The filter of this view lets no worktree through.',
          '[Show All Worktrees](command:coppice.showAllWorktrees)',
        ],
      },
      {
        id: 'noEnvironments',
        when: `${when.trusted} && coppice.state == noEnvironments`,
        lines: [
          'No worktree has an environment yet. Create a worktree for a branch: it gets services, a database and a URL of its own.',
          '[Create Worktree…](command:coppice.createWorktree)',
          'Or give this worktree an environment.',
          '[Create Environment](command:coppice.createEnvironment)',
        ],
      },
    ],
  },
];
