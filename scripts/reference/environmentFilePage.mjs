import { stringify } from 'yaml';
import { resolved, schemaKeys } from './schemaKeys.mjs';

/** @typedef {import('./schemaKeys.mjs').Schema} Schema */
/** @typedef {import('./schemaKeys.mjs').SchemaKey} SchemaKey */

const words = {
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
};

const introduction = `# coppice.yaml

Written by \`npm run reference\` from \`media/schemas/coppice.schema.json\`: change it there.

\`coppice.yaml\` lies in the root of the repository, and is committed. \`coppice init\` writes one by what the repository says. Paths in it are relative to
the file, with \`/\`, and lead nowhere outside of the worktree. What is wrong in it is told with its key, the reason and what is allowed, before anything is made.

The editor completes the file and marks what is wrong: with Coppice's own extension, and with whatever uses yaml-language-server, where \`coppice schema > coppice.schema.json\` has written the schema and the
file begins with \`# yaml-language-server: $schema=coppice.schema.json\`, or the setting \`yaml.schemas\` names it.

Once a worktree has an environment, the editor says above the file's lines what differs from what runs, and Show What an Update Would Change compares both; in a terminal \`coppice create --dry-run\` in
the worktree says the same. Compared is what Helm was given with what it would be given now, with migrations and \`setup\`, and not what images are built of or a chart's templates. Secrets are left out.
`;

/**
 * The reference of coppice.yaml: every key with what it is for, what it may be, and an example.
 *
 * @param {Schema} root
 * @returns {string} Markdown
 */
export function environmentFilePage(root) {
  const keys = schemaKeys(root);
  const top = keys.filter(({ parent }) => parent === root);
  const list = top.map(({ name, schema }) => `- [\`${name}\`](#${name}): ${firstSentence(schema)}`);
  return [introduction, ...list, '', ...keys.map((key) => section(root, key))].join('\n');
}

/** @param {Schema} schema */
export function firstSentence({ description = '' }) {
  return /^[^]*?\.(?=\s|$)/.exec(description)?.[0] ?? description;
}

/** @param {Schema} root @param {SchemaKey} key */
function section(root, { path, name, schema, parent }) {
  const level = parent === root ? '##' : '###';
  const facts = [
    ...(parent.required?.includes(name) ? ['required'] : []),
    ...factsOf(root, schema),
    ...ruleOf(name, parent),
  ];
  const examples = (schema.examples ?? []).map((example) =>
    stringify({ [name]: example }, { flowCollectionPadding: false }),
  );
  return `
${level} \`${path}\`

${escaped(schema.description ?? '')}

${facts.map((fact) => `- ${fact}`).join('\n')}
${examples.length === 0 ? '' : `\n\`\`\`yaml\n${examples.join('# or\n')}\`\`\`\n`}`;
}

/**
 * What a value may be.
 * @param {Schema} root
 * @param {Schema} schema
 * @returns {string[]}
 */
function factsOf(root, schema) {
  const { additionalProperties: any, items, propertyNames: names } = schema;
  const types = [schema.type ?? []].flat().map((type) => words[/** @type {keyof typeof words} */ (type)]);
  const needed = schema.anyOf?.flatMap(({ required = [] }) => required) ?? [];
  return [
    ...(types.length > 0 ? [types.join(', or ')] : []),
    ...limitsOf(schema),
    ...(schema.default === undefined ? [] : [`default: ${code(schema.default)}`]),
    ...(names?.patternErrorMessage ? [`its keys: ${names.patternErrorMessage}`] : []),
    ...(names?.not?.enum ? [`none of its keys: ${names.not.enum.map(code).join(', ')}`] : []),
    ...(items ? inside(root, 'each of the list', items) : []),
    ...(typeof any === 'object' ? inside(root, 'each value', any) : []),
    ...(needed.length > 0 ? [`needs one of ${needed.map(code).join(', ')}`] : []),
  ];
}

/** @param {Schema} root @param {string} what @param {Schema} part */
function inside(root, what, part) {
  const { items: _, ...whole } = resolved(root, part);
  const said = [...(whole.description ? [whole.description.replace(/\.$/, '')] : []), ...factsOf(root, whole)];
  return [`${what}: ${said.join('; ')}`];
}

/** @param {Schema} schema */
function limitsOf({ const: only, enum: choices, ...schema }) {
  const { minimum, maximum, minItems = 0, maxItems, maxProperties, maxLength, patternErrorMessage } = schema;
  return [
    ...(only === undefined ? [] : [`always ${code(only)}`]),
    ...(choices ? [`one of ${choices.map(code).join(', ')}`] : []),
    ...(minimum === undefined || maximum === undefined ? [] : [`from ${minimum} to ${maximum}`]),
    ...(maxItems === undefined ? [] : [`${minItems > 0 ? `${minItems} to` : 'at most'} ${maxItems} in a list`]),
    ...(maxProperties === undefined ? [] : [`at most ${maxProperties} keys`]),
    ...(patternErrorMessage === undefined ? [] : [patternErrorMessage]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
  ];
}

/**
 * What a key needs beside it, and where it must not stand.
 * @param {string} name
 * @param {Schema} parent
 */
function ruleOf(name, { dependencies, if: condition, then }) {
  const needs = dependencies?.[name] ?? [];
  const refused = then?.properties?.[name] === false;
  const where = Object.entries(condition?.properties ?? {}).map(([key, value]) =>
    code(`${key}: ${typeof value === 'object' ? value.const : value}`),
  );
  return [
    ...(needs.length > 0 ? [`needs ${needs.map(code).join(', ')} beside it`] : []),
    ...(refused ? [`not with ${where.join(', ')}`] : []),
  ];
}

/** @param {unknown} value */
function code(value) {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Paths and patterns of a description are no markup. @param {string} text */
function escaped(text) {
  return text.replaceAll(/[*_<>]/g, (character) => `\\${character}`);
}
