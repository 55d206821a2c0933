import type { SchemaChanges } from './compareSchemas';

export interface ComparedDatabase {
  readonly kind: 'environment' | 'template';
  /** The worktree's branch, or else its folder; of a template its name. */
  readonly name: string;
  readonly database: string;
}

export interface DatabaseDifference extends SchemaChanges {
  /** What has what counts as added. */
  readonly of: ComparedDatabase;
  readonly with: ComparedDatabase;
}
