import type { RecordKind } from '@coppice/host/migrateRecord';
import type { SpareRecord } from '../ports/spares';
import { isObject } from './isObject';

/** `coppice-spare.json` in a worktree's git directory: that it is a spare, of which repository, and how far it is. */
export const spareRecord: RecordKind<SpareRecord> = {
  version: 1,
  steps: {},
  problem: ({ id, repositoryId, commit, state, has, digest, ignored, left, isBound, claim }) => {
    if (![id, repositoryId, commit, digest].every((each) => typeof each === 'string' && each !== ''))
      return 'it does not say which spare it is, and of what';
    if (state !== 'making' && state !== 'ready' && state !== 'unfit') return '"state" is none that a spare has';
    if (has !== 'checkout' && has !== 'dependencies') return '"has" does not say how far it is';
    if (!Array.isArray(ignored) || !ignored.every((each) => typeof each === 'string'))
      return '"ignored" is no list of paths';
    if (isBound !== undefined && isBound !== true) return '"isBound" is something else than true';
    if (left !== undefined && typeof left !== 'string') return '"left" is no text';
    const isClaim = (value: unknown): boolean =>
      isObject(value) && [value['from'], value['to'], value['commit'] ?? ''].every((each) => typeof each === 'string');
    return claim === undefined || isClaim(claim) ? undefined : '"claim" does not say from where to where';
  },
};
