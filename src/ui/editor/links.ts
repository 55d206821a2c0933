import { isLoopback } from '@coppice/host/isLoopback';

/**
 * Where a person's browser reaches an environment's URL when the extension runs on another machine.
 *
 * @param url `http://slug.localhost:8080/path`
 * @param forwarded how the editor makes port 8080 of the extension's machine reachable
 * @returns undefined: as it stands
 */
export function reachableUrl(url: string, forwarded: string): string | undefined {
  const target = new URL(url);
  const tunnel = new URL(forwarded);
  if (!isLoopback(tunnel.hostname)) return forwarded;
  // A tunnel to this very machine under a path is the editor's own proxy: the browser is on the extension's machine.
  if (tunnel.pathname !== '/' || tunnel.protocol !== 'http:') return undefined;
  target.port = tunnel.port;
  return target.href;
}

/** The address of the port itself, which the editor knows how to forward. */
export function portUrl(url: string): string {
  const { protocol, port } = new URL(url);
  return `${protocol}//localhost${port === '' ? '' : `:${port}`}/`;
}
