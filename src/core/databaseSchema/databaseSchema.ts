/** In the order in which they are told: what others are made of comes first. */
export const objectKinds = [
  'setting',
  'extension',
  'schema',
  'collation',
  'type',
  'sequence',
  'table',
  'foreign data wrapper',
  'foreign server',
  'foreign table',
  'view',
  'materialized view',
  'function',
  'procedure',
  'aggregate',
  'operator',
  'operator class',
  'cast',
  'text search dictionary',
  'text search configuration',
  'event trigger',
  'publication',
  'default privileges',
] as const;

export type ObjectKind = (typeof objectKinds)[number];

/** In the order in which they are told. 'definition': what the object is as a whole. */
export const partKinds = [
  'definition',
  'options',
  'column',
  'constraint',
  'index',
  'statistics',
  'rule',
  'trigger',
  'policy',
  'grant',
  'comment',
] as const;

export type PartKind = (typeof partKinds)[number];

/** What an object is made of, and what differs by itself. */
export interface SchemaPart {
  readonly kind: PartKind;
  /** Of its kind no other of the object has it; '': the only one. */
  readonly name: string;
  /** As PostgreSQL writes it, of one line or several; without owners, and without what is stored. */
  readonly text: string;
}

export interface SchemaObject {
  readonly kind: ObjectKind;
  /** With its schema, quoted where that is needed; of a function with the types that it takes. */
  readonly name: string;
  /** Columns as they stand in the table, all else by name. */
  readonly parts: readonly SchemaPart[];
}

/** What is defined in a database, by whatever made it; neither what the server nor what an extension brings. */
export interface DatabaseSchema {
  /** The database's own name. */
  readonly database: string;
  readonly objects: readonly SchemaObject[];
}
