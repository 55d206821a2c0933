import type { CommandRow } from '../commandRow';
import { when } from '../when';

export const clusterCommands: readonly CommandRow[] = [
  {
    id: 'startCluster',
    title: 'Start Cluster',
    icon: 'play',
    palette: when.trusted,
    viewTitle: '3_cluster@1',
    rows: { offline: ['inline@1'] },
  },
  { id: 'stopCluster', title: 'Stop Cluster', icon: 'debug-stop', palette: when.trusted, viewTitle: '3_cluster@2' },
  {
    id: 'restartCluster',
    title: 'Restart Cluster',
    icon: 'debug-restart',
    palette: when.trusted,
    rows: { outdatedCluster: ['inline@1', '1_cluster@1'] },
  },
  {
    id: 'chooseCluster',
    title: 'Choose Cluster…',
    icon: 'server-environment',
    palette: when.inRepository,
    viewTitle: '3_cluster@0',
  },
  { id: 'setUpCluster', title: 'Set Up Cluster…', palette: when.inRepository, viewTitle: '3_cluster@3' },
  { id: 'deleteCluster', title: 'Delete Cluster…', palette: when.inRepository },
  {
    id: 'setUpInfra',
    title: 'Set Up Infra…',
    palette: when.inRepository,
    viewTitle: '3_cluster@4',
    rows: { infra: ['1_infra@1'] },
  },
  { id: 'removeInfra', title: 'Remove Infra…', palette: when.inRepository, rows: { infra: ['9_delete@1'] } },
];
