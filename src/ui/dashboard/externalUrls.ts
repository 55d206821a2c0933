import { isLoopback } from '@coppice/host/isLoopback';
import * as vscode from 'vscode';
import { portUrl, reachableUrl } from '../editor/links';

/** Where a person's browser reaches what the extension's machine serves on loopback. */
export class ExternalUrls {
  readonly #origins = new Map<string, Promise<string>>();

  /** The same address as a browser has to ask for it. */
  async of(url: string): Promise<string> {
    const { origin, hostname, protocol } = new URL(url);
    if (vscode.env.remoteName === undefined || !/^https?:$/.test(protocol) || !isLoopback(hostname)) return url;
    let external = this.#origins.get(origin);
    if (!external) {
      external = toExternal(origin).catch(() => {
        this.#origins.delete(origin);
        return origin;
      });
      this.#origins.set(origin, external);
    }
    return (await external) + url.slice(origin.length);
  }
}

async function toExternal(origin: string): Promise<string> {
  const forwarded = await vscode.env.asExternalUri(vscode.Uri.parse(portUrl(origin)));
  return (reachableUrl(`${origin}/`, forwarded.toString(true)) ?? origin).replace(/\/+$/, '');
}
