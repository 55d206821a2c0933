// Writes scripts/platform/helmNotices.txt: the licence of Helm and of every Go module that is linked into it, as the program itself
// says. To be run when scripts/helm has another Helm; it needs Go, and asks the module proxy for what its cache does not have.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { bundledTools, ensureHelm } from '../workplace/helm.mjs';
import { mustRun, root } from '../workplace/run.mjs';
import { main } from '../workplace/say.mjs';
import { helmVersion } from './helmFor.mjs';

const target = join(root, 'scripts', 'platform', 'helmNotices.txt');
const rule = '-'.repeat(80);

/** @param {string} folder of a module; licences of parts lie deeper */
async function licences(folder) {
  const files = await readdir(folder, { recursive: true });
  const found = files.filter(
    (file) => /(^|[/\\])(licen[cs]e|copying|notice)[^/\\]*$/i.test(file) && !/testdata|\.go$/.test(file),
  );
  return Promise.all(found.sort().map((file) => readFile(join(folder, file), 'utf8').catch(() => '')));
}

await main(async () => {
  await ensureHelm();
  const said = await mustRun('go', ['version', '-m', bundledTools.helm]);
  const modules = [...said.matchAll(/^\t(?:mod|dep)\t(\S+)\t(\S+)/gm)].map(([, path, version]) => `${path}@${version}`);
  const answer = await mustRun('go', ['mod', 'download', '-json', ...modules]);
  /** @type {{ Path: string, Version: string, Dir: string }[]} */
  const downloaded = JSON.parse(`[${answer.trim().replaceAll(/^\}\n\{/gm, '},{')}]`);
  /** By text, which many have in common. @type {Map<string, string[]>} */
  const byText = new Map();
  for (const { Path, Version, Dir } of downloaded) {
    const texts = [...new Set((await licences(Dir)).map((text) => text.replaceAll('\r\n', '\n').trim()))].filter(
      Boolean,
    );
    if (texts.length === 0) throw new Error(`${Path} names no licence: it must not be carried`);
    for (const text of texts) byText.set(text, [...(byText.get(text) ?? []), `${Path} ${Version}`]);
  }
  const sections = [...byText].map(([text, names]) => `${rule}\n${names.join('\n')}\n\n${text}\n`).sort();
  const head = `Helm ${await helmVersion()} and the Go modules in it. Written by scripts/platform/helmNotices.mjs.\n`;
  await writeFile(target, [head, ...sections].join('\n'));
  console.log(`${relative(root, target)}: ${modules.length} modules`);
});
