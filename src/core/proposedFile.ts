/** A plain value as YAML and JSON know it. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainMapping;

export interface PlainMapping {
  readonly [key: string]: PlainValue;
}

export function isPlainMapping(value: unknown): value is PlainMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isPlainList(value: PlainValue | undefined): value is readonly PlainValue[] {
  return Array.isArray(value);
}

/** A text, a number or a truth value as it is written; everything else is empty. */
export function plainText(value: PlainValue | undefined): string {
  return value === null || typeof value === 'object' || value === undefined ? '' : String(value);
}

/** An environment file that is to be written, with what a reader is told beside its keys. */
export interface ProposedFile {
  /** Above everything. */
  readonly header: readonly string[];
  readonly value: PlainMapping;
  /** Above the key at a path. */
  readonly comments: readonly ProposedComment[];
  /** Below everything. */
  readonly footer: readonly string[];
}

export interface ProposedComment {
  readonly path: readonly string[];
  readonly text: string;
}
