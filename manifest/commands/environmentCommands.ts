import type { CommandRow } from '../commandRow';
import { when } from '../when';

export const environmentCommands: readonly CommandRow[] = [
  {
    id: 'createEnvironment',
    title: 'Create Environment',
    icon: 'add',
    palette: when.withEnvironmentFile,
    rows: { worktreeWithoutEnvironment: ['inline@1', '2_environment@1'] },
  },
  {
    id: 'updateEnvironment',
    title: 'Update Environment',
    icon: 'sync',
    palette: when.withEnvironmentAndFile,
    editorTitle: { group: 'navigation@1', when: when.inEnvironmentFile },
    rows: { worktreeToUpdate: ['2_environment@4'] },
  },
  {
    id: 'openUrl',
    title: 'Open URL',
    icon: 'globe',
    palette: when.withEnvironment,
    rows: {
      infraServiceWithUrl: ['inline@2'],
      worktreeWithUrl: ['inline@1', '1_open@2'],
      serviceWithUrl: ['inline@1'],
      url: ['inline@1'],
      forward: ['inline@1', '1_open@1'],
      serviceWithUrlOrUrl: ['1_open@1'],
    },
  },
  {
    id: 'openDashboard',
    title: 'Open Dashboard',
    icon: 'graph',
    palette: when.withEnvironment,
    rows: { worktreeWithEnvironment: ['inline@3', '1_open@4'] },
  },
  {
    id: 'copyUrl',
    title: 'Copy URL',
    icon: 'copy',
    palette: when.withEnvironment,
    rows: {
      url: ['inline@2'],
      worktreeWithUrl: ['5_copy@2'],
      serviceWithUrlOrUrl: ['5_copy@1'],
      forward: ['5_copy@1'],
    },
  },
  {
    id: 'deleteOrphan',
    title: 'Delete Environment…',
    icon: 'trash',
    palette: false,
    rows: { orphan: ['inline@1', '9_delete@1'] },
  },
  {
    id: 'openEnvironmentFile',
    title: 'Open coppice.yaml',
    icon: 'go-to-file',
    palette: when.withEnvironmentFile,
    viewTitle: '2_open@2',
  },
  {
    id: 'createEnvironmentFile',
    title: 'Create coppice.yaml',
    icon: 'new-file',
    palette: when.withoutEnvironmentFile,
    rows: { noEnvironmentFile: ['inline@1'] },
  },
  { id: 'showLog', title: 'Show Log', palette: when.always, runsUntrusted: true, viewTitle: '4_log@1' },
];
