import type { UsedAddress } from '../usedTool';

/** What most tools tell: where they are, in one text and in two. */
export function addressVariables({ host, port }: UsedAddress, url: string): Readonly<Record<string, string>> {
  return { URL: url, HOST: host, PORT: String(port) };
}
