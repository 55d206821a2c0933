/**
 * What of JSON Schema the schema of coppice.yaml is written in.
 *
 * @typedef {{
 *   $ref?: string, title?: string, description?: string, type?: string | string[], const?: unknown, default?: unknown,
 *   enum?: unknown[], examples?: unknown[], required?: string[], properties?: Record<string, Schema | boolean>,
 *   additionalProperties?: boolean | Schema, propertyNames?: Schema, items?: Schema, not?: Schema,
 *   anyOf?: Schema[], dependencies?: Record<string, string[]>, if?: Schema, then?: Schema, definitions?: Record<string, Schema>,
 *   minimum?: number, maximum?: number, minItems?: number, maxItems?: number, minProperties?: number, maxProperties?: number,
 *   minLength?: number, maxLength?: number, pattern?: string, patternErrorMessage?: string,
 * }} Schema
 */

/**
 * A key that a coppice.yaml may have. `path`: `services.<name>.port`, with [] for what is in a list. `parent`: the mapping that
 * it is a key of.
 * @typedef {{ path: string, name: string, schema: Schema, parent: Schema }} SchemaKey
 */

/**
 * All keys that the schema names, each with what is said of it, in the order of the schema; a key's own keys follow it.
 *
 * @param {Schema} root
 * @returns {SchemaKey[]}
 */
export function schemaKeys(root) {
  /** @type {(schema: Schema, path: string) => SchemaKey[]} */
  const keysOf = (schema, path) => {
    const named = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      if (typeof property === 'boolean') return [];
      const key = { path: `${path}${path && '.'}${name}`, name, schema: resolved(root, property), parent: schema };
      return [key, ...keysOf(key.schema, key.path)];
    });
    const { additionalProperties: any, items } = schema;
    const others = typeof any === 'object' ? keysOf(resolved(root, any), `${path}.<name>`) : [];
    const listed = items ? keysOf(resolved(root, items), `${path}[]`) : [];
    return [...named, ...others, ...listed];
  };
  return keysOf(root, '');
}

/**
 * A schema with what it refers to; what stands beside the reference counts first.
 *
 * @param {Schema} root
 * @param {Schema} schema
 * @returns {Schema}
 */
export function resolved(root, schema) {
  const name = schema.$ref?.replace('#/definitions/', '');
  const target = name === undefined ? undefined : root.definitions?.[name];
  if (name !== undefined && !target) throw new Error(`The schema refers to ${schema.$ref}, which it does not have.`);
  const { $ref: _, ...own } = schema;
  return { ...(target && resolved(root, target)), ...own };
}
