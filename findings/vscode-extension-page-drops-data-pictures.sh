#!/usr/bin/env bash
# VS Code 1.139 (as code-server 4.139.1): a picture in an extension's README whose address is data: is not shown on the extension's page.
# The page's own Content-Security-Policy is "img-src https: data:", so it would load; but what turns the Markdown into HTML allows media
# of http and https alone by default, and takes the src of any other away: an <img> with its alternative text is left, and no word anywhere.
# vsce 3.9.2 packages such a README with --no-rewrite-relative-links, without a word of it.
# Expected: that both agree. The policy says that pictures within the text are wanted; older versions let them through.
# Why it matters: an extension whose repository has no public address cannot have pictures on its page at all: files of the package are not
# shown there either. Pictures of a walkthrough are, from the package.
# Source: run here. Needs Chromium (chromium on the PATH, or CHROMIUM) and Node.js 22 or newer.
set -euo pipefail
chromium=${CHROMIUM:-$(command -v chromium || command -v google-chrome || true)}
[ -n "$chromium" ] || { echo "Chromium is not installed"; exit 2; }
[ "$(node -p 'process.versions.node.split(".")[0] >= 22')" = true ] || { echo "Node.js 22 or newer is needed"; exit 2; }
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts code-server@4.139.1 playwright-core@1.65.1 @vscode/vsce@3.9.2
(cd node_modules/code-server/lib/vscode && npm install --silent --omit=dev --ignore-scripts)

export HOME=$folder
mkdir extension user
cd extension
cat >package.json <<'JSON'
{ "name": "pictures", "publisher": "example", "version": "1.0.0", "displayName": "Pictures", "engines": { "vscode": "^1.100.0" } }
JSON
echo Public domain >LICENSE
pixel=iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==
printf '# Pictures\n\n![of the text](data:image/png;base64,%s)\n\n![of the web](https://127.0.0.1:1/x.png)\n' "$pixel" >README.md
node ../node_modules/@vscode/vsce/vsce package --allow-missing-repository --no-rewrite-relative-links --no-dependencies --out ../pictures.vsix >../vsce.log 2>&1
cd "$folder"

serve=(node node_modules/code-server/out/node/entry.js --config "$folder/user/none.yaml" --auth none --user-data-dir "$folder/user"
  --extensions-dir "$folder/extensions" --disable-telemetry --disable-update-check)
"${serve[@]}" --install-extension pictures.vsix >install.log 2>&1

env -u VSCODE_IPC_HOOK_CLI "${serve[@]}" --bind-addr 127.0.0.1:0 >server.log 2>&1 &
server=$!
for _ in $(seq 300); do grep -q 'listening on http' server.log && break; sleep 0.2; done
address=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' server.log | head -1)

cat >look.mjs <<'JS'
import { chromium } from 'playwright-core';
const [address, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
page.setDefaultTimeout(120_000);
await page.goto(`${address}?ew=true`, { waitUntil: 'domcontentloaded', timeout: 120_000 });
await page.locator('.monaco-workbench .part.statusbar').waitFor();
await page.locator('.part.activitybar .action-label[aria-label^="Extensions"]').click();
await page.locator('.extension-list-item', { hasText: 'Pictures' }).first().click();
const frames = async () => {
  for (let tries = 0; tries < 600; tries++) {
    for (const frame of page.frames()) {
      const found = await frame
        .evaluate(() => {
          const images = [...document.querySelectorAll('img[alt^="of the"]')];
          const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content') ?? '';
          return images.length === 2 ? { sources: images.map((image) => image.getAttribute('src')), policy } : undefined;
        })
        .catch(() => undefined);
      if (found) return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the page shows no README');
};
const { sources, policy } = await frames();
console.log(JSON.stringify({ text: sources[0], web: sources[1], images: /img-src[^;]*/.exec(policy)?.[0] }));
await browser.close();
JS
"${serve[@]}" --version 2>/dev/null | grep '^4\.'
seen=$(node look.mjs "$address" "$chromium")
echo "$seen"
[ "$seen" = '{"text":null,"web":"https://127.0.0.1:1/x.png","images":"img-src https: data:"}' ] || { echo "CHANGED"; exit 1; }
echo "SEEN: the policy allows data:, and the address is taken away all the same"
