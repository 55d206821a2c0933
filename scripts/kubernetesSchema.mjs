// npm run kubernetes-schema: writes what the embedded cluster knows of Kubernetes' types, from their published definitions: the
// .proto files say how an object lies in a protobuf message, the Go types beside them how the same object is written as JSON.
// Needs Go, whose module proxy has both. A test holds the result against this script.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import protobuf from 'protobufjs';
import { samplesFile, schemaFile, schemaLicenceFile, schemaModules, schemaRoots } from './kubernetesSchemaSource.mjs';
import { root } from './workplace/run.mjs';
import { Stop, main, say } from './workplace/say.mjs';

/**
 * @typedef {{ embedded: boolean, json: string, isPointer: boolean, options: string[], tag: string }} GoField
 * @typedef {import('../packages/cluster/src/schema/kubernetesSchema').MessageSchema} MessageSchema
 * @typedef {import('../packages/cluster/src/schema/kubernetesSchema').FieldSchema} FieldSchema
 */

/** @returns {Promise<Record<string, { folder: string, hash: string }>>} by the module's name */
async function download() {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-schema-'));
  try {
    const wanted = Object.entries(schemaModules).map(([name, version]) => `${name}@${version}`);
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', ...wanted], { cwd: folder });
    /** @type {{ Path: string, Dir: string, Sum: string }[]} */
    const modules = JSON.parse(`[${stdout.replaceAll(/^\}\n\{/gm, '},{')}]`);
    return Object.fromEntries(modules.map(({ Path, Dir, Sum }) => [Path, { folder: Dir, hash: Sum }]));
  } catch (error) {
    throw new Stop(`Kubernetes' types could not be had from the Go module proxy: ${String(error)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The fields of every Go struct of a package, by the struct's name and the field's number in the message.
 * @param {string} folder
 * @returns {Promise<{ structs: Map<string, Map<string, GoField>>, lists: Set<string> }>}
 */
async function readGo(folder) {
  const files = (await readdir(folder)).filter((name) => /^(?!.*(_test|generated)).*\.go$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const text = texts.join('\n');
  /** @type {Map<string, Map<string, GoField>>} */
  const structs = new Map();
  for (const [, name = '', body = ''] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    /** @type {Map<string, GoField>} */
    const fields = new Map();
    for (const [, named, type = '', tag = ''] of body.matchAll(/^\t(?:(\w+)[ \t]+)?(\S+)[ \t]+`(.*)`$/gm)) {
      const [json = '', ...options] = (/json:"([^"]*)"/.exec(tag)?.[1] ?? '').split(',');
      const wire = /protobuf:"([^"]*)"/.exec(tag)?.[1]?.split(',') ?? [];
      if (wire[1] === undefined) continue;
      const embedded = named === undefined && json === '';
      fields.set(wire[1], { embedded, json, isPointer: type.startsWith('*'), options, tag });
    }
    structs.set(name, fields);
  }
  const lists = new Set([...text.matchAll(/^type (\w+) \[\]\w+$/gm)].map(([, name = '']) => name));
  return { structs, lists };
}

/** @param {string} comment as it stands in the .proto file */
function described(comment) {
  const lines = comment.split('\n').filter((line) => !/^\s*\+/.test(line));
  const end = lines.findIndex((line) => /^\s*---\s*$/.test(line));
  return (end < 0 ? lines : lines.slice(0, end)).join('\n').trim();
}

/**
 * @param {string} comment
 * @param {string} name of a marker, `listType`
 */
function markers(comment, name) {
  return [...comment.matchAll(new RegExp(`^\\s*\\+${name}=(\\S+)`, 'gm'))].map(([, value = '']) => value);
}

/**
 * @param {import('protobufjs').Field} field
 * @param {GoField} go
 * @returns {FieldSchema}
 */
function fieldSchema(field, go) {
  const comment = field.comment ?? '';
  const [list] = markers(comment, 'listType');
  const keys = markers(comment, 'listMapKey');
  const mergeKey = /patchMergeKey:"([^"]*)"/.exec(go.tag)?.[1];
  const strategy = /patchStrategy:"([^"]*)"/.exec(go.tag)?.[1];
  const isAtomic = [...markers(comment, 'structType'), ...markers(comment, 'mapType')].includes('atomic');
  const description = described(comment);
  const [initial] = markers(comment, 'default');
  const isMessage = field.resolvedType instanceof protobuf.Type;
  const isPlural = field.repeated || field instanceof protobuf.MapField;
  // An empty struct is written all the same, unless it says omitzero.
  const isOmitted = isPlural || go.isPointer || go.options.includes(isMessage ? 'omitzero' : 'omitempty');
  const isRequired = !go.options.includes('omitempty') && !/^\s*\+optional\b/m.test(comment) && !go.embedded;
  return {
    id: field.id,
    type: field.resolvedType?.fullName.slice(1) ?? field.type,
    ...(field.repeated ? { rule: 'repeated' } : {}),
    ...(field instanceof protobuf.MapField ? { keyType: field.keyType } : {}),
    ...(go.embedded ? { inline: true } : go.json === field.name ? {} : { json: go.json }),
    ...(go.isPointer ? { pointer: true } : {}),
    ...(isOmitted || go.embedded ? {} : { always: true }),
    ...(isRequired ? { required: true } : {}),
    ...(list === undefined ? {} : { list }),
    ...(keys.length > 0 ? { keys } : {}),
    ...(mergeKey === undefined ? {} : { mergeKey }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(isAtomic ? { atomic: true } : {}),
    ...(initial === undefined || initial.startsWith('ref(') ? {} : { default: JSON.parse(initial) }),
    ...(description === '' ? {} : { description }),
  };
}

/**
 * @param {string} folder
 * @param {readonly string[]} kinds
 * @returns {Promise<[kind: string, sample: string][]>} as JSON
 */
async function readSamples(folder, kinds) {
  const names = new Set(await readdir(folder));
  const found = kinds.flatMap((kind) => {
    const name = (kind.startsWith('v1/') ? `core/${kind}` : kind).replaceAll('/', '.');
    return names.has(`${name}.pb`) ? [{ kind, name }] : [];
  });
  const read = found.map(async ({ kind, name }) => {
    const json = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8'));
    const bytes = await readFile(join(folder, `${name}.pb`));
    const sample = JSON.stringify({ json, protobuf: bytes.toString('base64') });
    return /** @type {[string, string]} */ ([JSON.stringify(kind), sample]);
  });
  return Promise.all(read);
}

async function writeSchema() {
  const modules = await download();
  const definitions = new protobuf.Root();
  /** @type {Map<string, string>} the file of each package */
  const files = new Map();
  /** @param {string} file */
  const read = async (file) => {
    const name = file.replace(/\/generated\.proto$/, '').replaceAll('/', '.');
    if (files.has(name)) return;
    const found = Object.entries(modules).find(([path]) => file.startsWith(`${path}/`));
    if (!found) throw new Stop(`${file} is of no module that was asked for`);
    const path = join(found[1].folder, file.slice(found[0].length + 1));
    files.set(name, path);
    const options = { keepCase: true, alternateCommentMode: true, preferTrailingComment: false };
    const { imports } = protobuf.parse(await readFile(path, 'utf8'), definitions, options);
    for (const one of imports ?? []) await read(one);
  };
  for (const { package: name } of schemaRoots) await read(`${name}/generated.proto`);
  definitions.resolveAll();

  /** @type {Record<string, string>} */
  const kinds = {};
  /** @type {Record<string, MessageSchema>} */
  const messages = {};
  /** @type {Map<string, Awaited<ReturnType<typeof readGo>>>} */
  const packages = new Map();
  /** @param {import('protobufjs').Type} type */
  const add = async (type) => {
    const name = type.fullName.slice(1);
    if (messages[name]) return;
    const packageName = name.slice(0, name.lastIndexOf('.'));
    const file = files.get(packageName) ?? '';
    const go = packages.get(packageName) ?? (await readGo(join(file, '..')));
    packages.set(packageName, go);
    /** @type {Record<string, FieldSchema>} */
    const fields = {};
    /** @type {MessageSchema} */
    const message = { fields };
    const description = described(type.comment ?? '');
    if (description !== '') message.description = description;
    if (markers(type.comment ?? '', 'structType').includes('atomic')) message.atomic = true;
    if (go.lists.has(type.name)) message.isList = true;
    messages[name] = message;
    for (const field of type.fieldsArray) {
      const plain = { embedded: false, json: field.name, isPointer: false, options: ['omitempty'], tag: '' };
      fields[field.name] = fieldSchema(field, go.structs.get(type.name)?.get(String(field.id)) ?? plain);
      if (field.resolvedType instanceof protobuf.Type) await add(field.resolvedType);
    }
  };
  for (const { package: path, apiVersion, kinds: wanted } of schemaRoots) {
    for (const kind of wanted) {
      const type = definitions.lookupType(`${path.replaceAll('/', '.')}.${kind}`);
      if (apiVersion !== undefined) kinds[`${apiVersion}/${kind}`] = type.fullName.slice(1);
      await add(type);
    }
  }
  const samples = await readSamples(join(modules['k8s.io/api']?.folder ?? '', 'testdata', 'HEAD'), Object.keys(kinds));
  await writeFile(samplesFile, `{\n${samples.map((line) => line.join(': ')).join(',\n')}\n}\n`);
  const hashes = Object.entries(modules).map(([path, { hash }]) => [path, `${schemaModules[path]} ${hash}`]);
  const licence = 'Copyright The Kubernetes Authors. Licensed under the Apache License, Version 2.0.';
  const schema = { licence, modules: Object.fromEntries(hashes.sort()), roots: schemaRoots, kinds };
  // A line each, so that a newer version shows what it changes.
  const lines = Object.keys(messages)
    .sort()
    .map((name) => `${JSON.stringify(name)}: ${JSON.stringify(messages[name])}`);
  const head = JSON.stringify(schema).slice(0, -1);
  await mkdir(dirname(schemaFile), { recursive: true });
  await writeFile(schemaFile, `${head}, "messages": {\n${lines.join(',\n')}\n}}\n`);
  await writeFile(schemaLicenceFile, await readFile(join(modules['k8s.io/api']?.folder ?? '', 'LICENSE')));
  say(`wrote ${relative(root, schemaFile)}: ${Object.keys(messages).length} types`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(writeSchema);
