import type { CommandRow } from '../commandRow';
import { when } from '../when';

export const serviceCommands: readonly CommandRow[] = [
  {
    id: 'showLogs',
    title: 'Show Logs',
    icon: 'output',
    palette: when.withEnvironment,
    rows: {
      infraService: ['inline@1'],
      service: ['inline@2', '2_environment@1'],
      worktreeWithEnvironment: ['2_environment@2'],
    },
  },
  {
    id: 'showPreviousLogs',
    title: 'Show Previous Logs',
    icon: 'history',
    palette: when.withEnvironment,
    rows: { serviceRestarted: ['2_environment@2'] },
  },
  {
    id: 'openContainerTerminal',
    title: 'Open Terminal in Container',
    icon: 'terminal',
    palette: when.withEnvironment,
    rows: { service: ['2_environment@3'] },
  },
  {
    id: 'forwardPort',
    title: 'Forward Port…',
    icon: 'plug',
    palette: when.withEnvironment,
    rows: { service: ['2_environment@4'] },
  },
  {
    id: 'stopForward',
    title: 'Stop Forwarding',
    icon: 'close',
    palette: false,
    rows: { forward: ['inline@2', '9_delete@1'] },
  },
  {
    id: 'describeService',
    title: 'Describe Service',
    icon: 'info',
    palette: when.withEnvironment,
    rows: { service: ['2_environment@5'] },
  },
  {
    id: 'restartService',
    title: 'Restart Service',
    icon: 'debug-restart',
    palette: when.withEnvironment,
    rows: { service: ['inline@3', '3_change@1'], worktreeWithEnvironment: ['2_environment@3'] },
    takesMany: true,
  },
  {
    id: 'scaleService',
    title: 'Scale Service…',
    icon: 'layers',
    palette: when.withEnvironment,
    rows: { service: ['3_change@2'] },
  },
];
