import { builtFolderOf, isLeftByTools } from './builtFolder';

/** Whether an ignored file or folder (which ends in a slash) is called like one that nobody would miss. */
export function isRebuildable(path: string): boolean {
  return builtFolderOf(path) !== undefined || isLeftByTools(path);
}
