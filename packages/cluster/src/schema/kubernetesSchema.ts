/** A field of one of Kubernetes' types, as its .proto file, the tags of its Go type and its markers say. */
export interface FieldSchema {
  /** Its number in a message. */
  id: number;
  /** One of protobuf's own, or the name of a message. Of a list's items and a map's values where it is one. */
  type: string;
  rule?: 'repeated';
  keyType?: string;
  /** Its name in JSON, where it is another than in a message. */
  json?: string;
  /** Its own fields are written in place of it. */
  inline?: true;
  /** Zero, false and the empty text are values of it, and not its absence. */
  pointer?: true;
  /** It is written even when it is empty. */
  always?: true;
  required?: true;
  /** How a list merges in a server-side apply: `map` by `keys`, `set`, `atomic`. */
  list?: string;
  keys?: string[];
  /** How a list or an object merges in a strategic merge patch. */
  mergeKey?: string;
  strategy?: string;
  /** An object that is replaced as a whole. */
  atomic?: true;
  default?: string | number | boolean;
  description?: string;
}

export interface MessageSchema {
  /** By their names in a message. */
  fields: Readonly<Record<string, FieldSchema>>;
  description?: string;
  /** As FieldSchema.atomic, wherever it is used. */
  atomic?: true;
  /** A list of its own kind: in JSON its only field's value stands for it. */
  isList?: true;
}
