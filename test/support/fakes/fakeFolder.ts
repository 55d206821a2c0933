/** A folder in memory: its files, and what makes it a worktree if it is one. */
export interface FakeFolder {
  readonly files: Set<string>;
  readonly worktree:
    | {
        readonly gitDir: string;
        readonly isMain: boolean;
        readonly branch: string;
        locked: string | undefined;
        beingMade?: string | undefined;
      }
    | undefined;
}
