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
      serviceRunning: ['inline@2', '1_do@5'],
      worktreeAwake: ['1_do@5'],
    },
  },
  {
    id: 'showAllLogs',
    title: 'Show All Logs',
    icon: 'list-flat',
    palette: when.withEnvironment,
    rows: { worktreeWithEnvironment: ['1_do@6'] },
  },
  {
    id: 'showPreviousLogs',
    title: 'Show Previous Logs',
    icon: 'history',
    palette: when.withEnvironment,
    rows: { serviceRestarted: ['1_do@6'] },
  },
  {
    id: 'openContainerTerminal',
    title: 'Open Terminal in Container',
    icon: 'terminal',
    palette: when.withEnvironment,
    rows: { serviceRunning: ['1_do@7'] },
  },
  {
    id: 'forwardPort',
    title: 'Forward Port…',
    icon: 'plug',
    palette: when.withEnvironment,
    rows: { serviceRunning: ['2_service@1'] },
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
    rows: { service: ['2_service@2'] },
  },
  {
    id: 'startService',
    title: 'Start Service',
    icon: 'debug-start',
    palette: false,
    rows: { serviceStopped: ['inline@1', '1_do@10'] },
  },
  {
    id: 'restartService',
    title: 'Restart Service',
    icon: 'debug-restart',
    palette: when.withEnvironment,
    rows: { serviceRunning: ['inline@3', '1_do@11'], worktreeAwake: ['1_do@11'] },
    takesMany: true,
  },
  {
    id: 'scaleService',
    title: 'Scale Service…',
    icon: 'layers',
    palette: when.withEnvironment,
    rows: { service: ['2_service@3'] },
  },
];
