import { clusterFiles } from '@coppice/cluster/contract';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';

/** What the server there answers when it is ours: only ours has a certificate of our authority, and takes our token. */
export async function askCluster(
  folder: string,
  server: string,
  path: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly code: number; readonly text: string } | undefined> {
  const [token, kubeconfig] = await Promise.all(
    [clusterFiles.token, clusterFiles.kubeconfig].map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
  );
  const authority = /certificate-authority-data"?:\s*"?([A-Za-z0-9+/=]+)/.exec(kubeconfig ?? '')?.[1];
  if (!token || authority === undefined) return undefined;
  const limit = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve) => {
    const call = request(
      new URL(path, server),
      {
        ca: Buffer.from(authority, 'base64'),
        headers: { Authorization: `Bearer ${token.trim()}` },
        agent: false,
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('error', () => resolve(undefined));
        response.on('end', () => resolve({ code: response.statusCode ?? 0, text }));
      },
    );
    call.on('error', () => resolve(undefined));
    call.end();
  });
}
