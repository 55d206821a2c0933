import type { CommandRow } from '../commandRow';
import { when } from '../when';

export const worktreeCommands: readonly CommandRow[] = [
  {
    id: 'createWorktree',
    title: 'Create Worktree…',
    icon: 'add',
    palette: when.inRepository,
    viewTitle: 'navigation@1',
  },
  {
    id: 'createWorktreeAndStartAgent',
    title: 'Create Worktree and Start Agent…',
    icon: 'sparkle',
    palette: when.inRepository,
    viewTitle: '1_create@1',
  },
  {
    id: 'openWindow',
    title: 'Open in New Window',
    icon: 'empty-window',
    palette: when.withOtherWorktree,
    rows: { worktreeElsewhere: ['inline@2', '1_open@1'] },
  },
  {
    id: 'switchWorktree',
    title: 'Switch Worktree…',
    icon: 'arrow-swap',
    palette: when.withOtherWorktree,
    viewTitle: '2_open@1',
  },
  {
    id: 'startAgent',
    title: 'Start Agent',
    icon: 'sparkle',
    palette: when.withAgentWorktree,
    rows: { worktreeForAgent: ['2_environment@5'] },
  },
  {
    id: 'showStatus',
    title: 'Show Status',
    icon: 'info',
    palette: when.inRepository,
    rows: { worktree: ['1_open@3'] },
  },
  { id: 'showActions', title: 'Show Quick Actions', palette: when.inRepository },
  {
    id: 'copyPath',
    title: 'Copy Path',
    icon: 'copy',
    palette: when.inRepository,
    rows: { folder: ['inline@1', '5_copy@1'], worktree: ['5_copy@1'] },
  },
  {
    id: 'reveal',
    title: 'Reveal in File Browser',
    icon: 'folder-opened',
    palette: when.inRepository,
    only: when.onThisMachine,
    rows: { worktreeWithFolder: ['5_copy@4'], folder: ['5_copy@2'] },
  },
  {
    id: 'delete',
    // The language keeps the other word for itself.
    file: 'deleteWorktree',
    title: 'Delete…',
    icon: 'trash',
    palette: when.inRepository,
    rows: { worktreeGone: ['inline@1'], worktreeToDelete: ['9_delete@1'] },
  },
  { id: 'undoDelete', title: 'Undo Delete…', icon: 'discard', palette: when.inRepository, viewTitle: '2_open@4' },
  {
    id: 'refresh',
    title: 'Refresh',
    icon: 'refresh',
    palette: when.inFolder,
    viewTitle: 'navigation@2',
    rows: { offline: ['inline@2'] },
  },
  { id: 'openSample', title: 'Try It on a Sample…', icon: 'beaker', palette: when.trusted },
  { id: 'installCommand', title: 'Install Terminal Command', palette: when.trusted },
];
