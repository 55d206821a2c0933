import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { pageHtml } from '../../src/ui/dashboard/pageHtml';

export interface ServedPage {
  readonly page: Page;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' };
/** What the editor gives a page: here what is posted is kept. */
const api = `
  window.posted = [];
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => void window.posted.push(message),
    getState() {},
    setState(state) { window.state = state; },
  });
`;

/**
 * A page of the editor's as the extension writes it, in a browser and in a profile of its own, so that nothing is cached. The caller closes
 * it.
 *
 * @param file names in dist/webview
 * @param first what it shows at once
 */
export async function servedPage(
  browser: Browser,
  root: string,
  file: { readonly script: string; readonly style: string },
  first: readonly object[],
  context: BrowserContextOptions = {},
): Promise<ServedPage> {
  let document = '';
  const server = createServer((request, response) => {
    const asked = /^\/([\w-]+\.(js|css))$/.exec(request.url ?? '');
    response.setHeader('Content-Type', types[asked?.[2] ?? ''] ?? 'text/html');
    if (!asked?.[1]) return void response.end(document);
    void readFile(join(root, 'dist', 'webview', asked[1])).then((content) => response.end(content));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  document = pageHtml({
    ...{ cspSource: origin, script: `${origin}/${file.script}`, style: `${origin}/${file.style}` },
    ...{ nonce: 'n', styleNonce: 's', frameOrigin: undefined, worktree: '/repo', first },
  });
  const opened = await browser.newContext({ viewport: { width: 900, height: 1000 }, ...context });
  const page = await opened.newPage();
  await page.addInitScript(api);
  await page.goto(origin);
  return {
    page,
    async close() {
      await opened.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
