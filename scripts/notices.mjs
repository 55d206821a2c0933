// Writes dist/ThirdPartyNotices.txt: the licence of every package whose code is in a bundle, as esbuild's metafiles tell.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { schemaFile, schemaLicenceFile, schemaModules } from './kubernetesSchemaSource.mjs';
import { root } from './workplace/run.mjs';
import { Stop, main } from './workplace/say.mjs';

const metafiles = join(root, 'out', 'meta');
const target = join(root, 'dist', 'ThirdPartyNotices.txt');

/** @returns {Promise<Set<string>>} the files that at least one byte of a bundle came from */
async function bundledFiles() {
  const files = (await readdir(metafiles).catch(() => [])).filter((name) => name.endsWith('.json'));
  if (files.length === 0) throw new Stop('There are no bundles to write notices for: run "npm run build" first.');
  /** @type {Set<string>} */
  const paths = new Set();
  for (const file of files) {
    /** @type {import('esbuild').Metafile} */
    const { outputs } = JSON.parse(await readFile(join(metafiles, file), 'utf8'));
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        if (bytesInOutput > 0) paths.add(path);
      }
    }
  }
  return paths;
}

/**
 * The folder of the package that an input belongs to: the innermost node_modules/name or node_modules/@scope/name.
 * @param {string} path with forward slashes, as esbuild writes it
 */
function packageFolder(path) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path.replace(/^[\w-]+:/, ''))?.[0];
}

/**
 * @param {string} folder
 * @returns {Promise<{ name: string, heading: string, text: string }>}
 */
async function notice(folder) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const name = `${manifest.name} ${manifest.version}`;
  const licence = typeof manifest.license === 'string' ? manifest.license : manifest.license?.type;
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  if (texts.length === 0 && !licence)
    throw new Error(`${relative(root, folder)} names no licence: it must not be bundled`);
  const author = typeof manifest.author === 'string' ? manifest.author : manifest.author?.name;
  const source = typeof manifest.repository === 'string' ? manifest.repository : manifest.repository?.url;
  const heading = [name, licence, source ?? manifest.homepage].filter(Boolean).join('\n');
  const text =
    texts.length > 0 ? texts.join('\n\n') : await withoutFile(licence, author ?? `the authors of ${manifest.name}`);
  return { name, heading, text: text.replaceAll('\r\n', '\n').trim() };
}

/** Of Kubernetes, from whose definitions the embedded cluster's types were made. */
async function schemaNotice() {
  const name = `k8s.io/api and k8s.io/apimachinery ${schemaModules['k8s.io/api']}`;
  const made = 'Part of their generated.proto and types.go, in another form.';
  const text = await readFile(schemaLicenceFile, 'utf8');
  return {
    name,
    heading: [name, 'Apache-2.0', made].join('\n'),
    text: `Copyright The Kubernetes Authors.\n\n${text.trim()}`,
  };
}

const composeSpec = 'src/adapters/environmentFile/composeSpec.json';

/** The schema of compose files is a file of its specification's own module. */
async function composeNotice() {
  const text = await readFile(join(root, composeSpec.replace(/json$/, 'LICENSE')), 'utf8');
  const name = 'github.com/compose-spec/compose-go/v2 v2.16.2';
  return { name, heading: [name, 'Apache-2.0'].join('\n'), text: text.trim() };
}

/** Of the programs in tools/, and of what is linked into them. */
async function toolNotices() {
  const folder = join(root, 'scripts', 'platform');
  const texts = ['helmNotices.txt', 'postgresNotices.txt'].map((file) => readFile(join(folder, file), 'utf8'));
  return ['In tools/ are programs of others, under the licences that follow.\n', ...(await Promise.all(texts))].join(
    '\n',
  );
}

/**
 * What stands for a licence file that a package forgot. The MIT licence asks for its text, which is ours too.
 * @param {string} licence
 * @param {string} author
 */
async function withoutFile(licence, author) {
  const published = `Published by ${author} under the licence ${licence}; the package has no licence file.`;
  if (licence !== 'MIT') return published;
  const own = await readFile(join(root, 'LICENSE'), 'utf8');
  return `${published}\n\n${own.slice(own.indexOf('Permission is hereby granted'))}`;
}

/**
 * @param {{ to?: string, withTools?: boolean }} [options] `withTools`: those of Helm and PostgreSQL, which a package for one system
 *   carries, are added
 * @returns {Promise<number>} how many packages are named
 */
export async function writeNotices({ to = target, withTools = false } = {}) {
  const paths = [...(await bundledFiles())];
  const folders = new Set(paths.flatMap((path) => packageFolder(path) ?? []));
  const notices = await Promise.all([...folders].map((folder) => notice(join(root, folder))));
  if (paths.includes(relative(root, schemaFile).replaceAll('\\', '/'))) notices.push(await schemaNotice());
  if (paths.map((path) => path.replaceAll('\\', '/')).includes(composeSpec)) notices.push(await composeNotice());
  const unique = [...new Map(notices.map((each) => [each.name, each])).values()];
  unique.sort((a, b) => (a.name < b.name ? -1 : 1));
  // A text that several have stands once, below all their names; those of one length are mostly one licence, and pack well beside each other.
  /** @type {Map<string, string[]>} */
  const headings = new Map();
  for (const { heading, text } of unique) headings.set(text, [...(headings.get(text) ?? []), heading]);
  const groups = [...headings].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  const rule = '-'.repeat(80);
  const head = 'Coppice contains code of the packages below, under the licences that follow.\n';
  const told = groups.map(([text, names]) => `${rule}\n${names.join('\n\n')}\n\n${text}\n`);
  if (withTools) told.push(await toolNotices());
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, [head, ...told].join('\n'));
  return unique.length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => console.log(`${relative(root, target)}: ${await writeNotices()} packages`));
}
