// Written by "npm run manifest" from manifest/settings: change it there.

/** The options that say a setting for one run, each with what the help says of it. */
export const settingFlags = {
  'worktree.base': ['--from <base>', 'what a new branch starts from (default: the default branch)'],
} as const;
