/** Which commands of a repository a person approved: in a place where nothing of a repository is. */
export interface Approvals {
  /** Those of the digests that nobody approved for the repository. @throws failed when what was recorded cannot be read */
  unapproved(repositoryId: string, digests: readonly string[]): Promise<ReadonlySet<string>>;
  /** Idempotent, and several at once add up. */
  add(repositoryId: string, approved: readonly Approved[]): Promise<void>;
}

export interface Approved {
  /** SHA-256 of the command's content, hex. */
  readonly digest: string;
  /** The command, for a person who reads what they approved. */
  readonly command: string;
  /** ISO 8601. */
  readonly approvedAt: string;
}
