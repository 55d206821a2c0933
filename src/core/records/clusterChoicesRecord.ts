import type { RecordKind } from '@coppice/host/migrateRecord';
import { isClusterKind, traitsOf } from '../clusterTraits';
import type { ChosenCluster } from '../ports/clusters';
import { isObject } from './isObject';

export interface ClusterChoicesRecord {
  readonly version: 1;
  /** By the repository's id. */
  readonly repositories: Readonly<Record<string, ChosenCluster>>;
  readonly allowed: readonly ChosenCluster[];
}

/** `clusters.json` in COPPICE_HOME: which cluster each repository chose, and which ones a person said yes to. */
export const clusterChoicesRecord: RecordKind<ClusterChoicesRecord> = {
  version: 1,
  steps: {},
  problem: ({ repositories, allowed }) => {
    if (!isObject(repositories) || !Object.values(repositories).every(isChosen))
      return '"repositories" does not say which cluster each repository chose';
    if (!Array.isArray(allowed) || !allowed.every(isChosen)) return '"allowed" does not say which clusters are';
    return undefined;
  },
};

function isChosen(value: unknown): boolean {
  if (!isObject(value) || !isObject(value['identity']) || !isTexts(value['kubeconfigs'])) return false;
  const { kind, context, server, caSha256 } = value['identity'];
  if (!isClusterKind(kind)) return false;
  if (!traitsOf({ kind }).isPinned) return true;
  const isPinned = typeof context === 'string' && typeof server === 'string' && server !== '';
  return isPinned && (caSha256 === undefined || typeof caSha256 === 'string');
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
