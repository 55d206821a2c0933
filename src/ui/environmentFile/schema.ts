/** What of JSON Schema the suggestions read. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly $ref?: string;
}

export interface SchemaProperty {
  readonly name: string;
  readonly description: string;
  readonly isRequired: boolean;
  /** Whether its value is a map of its own. */
  readonly isMap: boolean;
}

/** The keys that a map at this path may have. */
export function propertiesAt(root: Schema, path: readonly string[]): SchemaProperty[] {
  const found = new Map<string, SchemaProperty>();
  for (const schema of schemasAt(root, path)) {
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const alternatives = resolved(root, property);
      found.set(name, {
        name,
        description: descriptionOf(property, alternatives),
        isRequired: schema.required?.includes(name) ?? false,
        isMap: alternatives.length > 0 && alternatives.every((each) => each.type === 'object'),
      });
    }
  }
  return [...found.values()];
}

/** What is said of the key at the path's end; undefined: nothing. */
export function descriptionAt(root: Schema, path: readonly string[]): string | undefined {
  const name = path.at(-1);
  if (name === undefined) return undefined;
  const own = propertiesAt(root, path.slice(0, -1)).find((property) => property.name === name)?.description;
  return own || schemasAt(root, path).find((schema) => schema.description)?.description || undefined;
}

/** Values that the schema names for the key at the path's end. */
export function valuesAt(root: Schema, path: readonly string[]): string[] {
  const values = schemasAt(root, path).flatMap((schema) => [
    ...(schema.const === undefined ? [] : [schema.const]),
    ...(schema.enum ?? []),
    ...(schema.type === 'boolean' ? [true, false] : []),
    ...(schema.examples ?? []),
  ]);
  return [...new Set(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))))];
}

function schemasAt(root: Schema, path: readonly string[]): Schema[] {
  let present = resolved(root, root);
  for (const key of path)
    present = present.flatMap((schema) => childOf(schema, key)).flatMap((child) => resolved(root, child));
  return present;
}

function childOf(schema: Schema, key: string): Schema[] {
  const own = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined;
  if (own) return [own];
  const patterned = Object.entries(schema.patternProperties ?? {}).filter(([pattern]) =>
    new RegExp(pattern, 'u').test(key),
  );
  if (patterned.length > 0) return patterned.map(([, child]) => child);
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
}

/** The schema itself with references followed, and each of its alternatives. */
function resolved(root: Schema, schema: Schema, depth = 0): Schema[] {
  if (depth > 16) return [];
  const target = schema.$ref?.startsWith('#') ? pointer(root, schema.$ref) : undefined;
  const parts = [
    ...(target ? [target] : []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.allOf ?? []),
  ];
  const saysNothing = schema.properties === undefined && schema.type === undefined && schema.examples === undefined;
  const isBare = parts.length > 0 && saysNothing;
  return [...(isBare ? [] : [schema]), ...parts.flatMap((part) => resolved(root, part, depth + 1))];
}

function pointer(root: Schema, reference: string): Schema | undefined {
  let value: unknown = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  return typeof value === 'object' && value !== null ? value : undefined;
}

function descriptionOf(property: Schema, alternatives: readonly Schema[]): string {
  const text = property.description ?? alternatives.find((each) => each.description)?.description ?? '';
  return property.default === undefined ? text : `${text}\n\nDefault: ${JSON.stringify(property.default)}`.trim();
}
