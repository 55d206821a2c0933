import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { clusterFiles } from '../contract';

/** The files of the embedded cluster, all in one folder that only its user may read. */
export interface StateFolder {
  root: string;
  /** Says where the running cluster is. */
  clusterFile: string;
  tokenFile: string;
  kubeconfigFile: string;
  certificateFile: string;
  /** The authority of the API's certificate, for what cannot read a kubeconfig. */
  authorityFile: string;
  /** The objects that survive a restart; the last good copy is beside it, ending in `.1`. */
  stateFile: string;
  /** What is remembered beside objects: ports. */
  settingsFile: string;
  /** When each namespace was used last. */
  visitsFile: string;
  /** What was kept of each environment's past. */
  historyFolder: string;
  processFile: string;
  /** How far a start or an end is; only while there is one. */
  phaseFile: string;
  /** Why the last cluster ended that nobody had asked to. */
  lastEndFile: string;
  logFile: string;
  logsFolder: string;
}

/** Creates the folder if it is not there. */
export function openStateFolder(env: NodeJS.ProcessEnv): StateFolder {
  const root = resolve(env['COPPICE_HOME'] || join(homedir(), '.coppice'), 'cluster');
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return stateFolderAt(root);
}

export function stateFolderAt(root: string): StateFolder {
  return {
    root,
    clusterFile: join(root, clusterFiles.cluster),
    tokenFile: join(root, clusterFiles.token),
    kubeconfigFile: join(root, clusterFiles.kubeconfig),
    certificateFile: join(root, 'certificate.json'),
    authorityFile: join(root, 'ca.crt'),
    stateFile: join(root, 'state.json'),
    settingsFile: join(root, clusterFiles.settings),
    visitsFile: join(root, 'visits.json'),
    historyFolder: join(root, 'history'),
    processFile: join(root, 'processes.json'),
    phaseFile: join(root, clusterFiles.phase),
    lastEndFile: join(root, clusterFiles.lastEnd),
    logFile: join(root, 'cluster.log'),
    logsFolder: join(root, 'logs'),
  };
}
