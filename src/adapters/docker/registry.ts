import { isLoopback } from '@coppice/host/isLoopback';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { abortError } from '../exec/abort';

/** What a registry answered to a question without credentials. */
export type RegistryAnswer = 'yes' | 'no' | 'whoAsks' | 'unclear' | 'refused';

const timeoutMs = 5000;

/** All the ways in which an image's manifest is kept: https://distribution.github.io/distribution/spec/api/ */
const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** Whether a registry has an image. Rejects only when it is cancelled. @param reference `host:port/path:tag` */
export async function hasManifest(reference: string, signal?: AbortSignal): Promise<RegistryAnswer> {
  const { host, path } = parts(reference);
  const colon = path.lastIndexOf(':');
  return ask(host, `/v2/${path.slice(0, colon)}/manifests/${path.slice(colon + 1)}`, signal);
}

/** Whether there is a registry at an address. Rejects only when it is cancelled. */
export async function isRegistry(address: string, signal?: AbortSignal): Promise<RegistryAnswer> {
  return ask(parts(address).host, '/v2/', signal);
}

/** Whether only this machine can be meant: engines speak HTTP with registries there, and HTTPS with all others. */
export function isOnLoopback(address: string): boolean {
  return isLoopback(parts(address).host.replace(/:\d+$/, ''));
}

function parts(address: string): { host: string; path: string } {
  const slash = address.indexOf('/');
  return slash < 0 ? { host: address, path: '' } : { host: address.slice(0, slash), path: address.slice(slash + 1) };
}

async function ask(host: string, path: string, signal: AbortSignal | undefined): Promise<RegistryAnswer> {
  if (isOnLoopback(host)) return send('http', host, path, signal);
  const answer = await send('https', host, path, signal);
  return answer === 'unclear' ? send('http', host, path, signal) : answer;
}

function send(
  scheme: 'http' | 'https',
  host: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<RegistryAnswer> {
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.timeout(timeoutMs);
    const outgoing = (scheme === 'http' ? httpRequest : httpsRequest)(`${scheme}://${host}${path}`, {
      method: path === '/v2/' ? 'GET' : 'HEAD',
      headers: { Accept: manifestTypes, 'User-Agent': 'coppice', Connection: 'close' },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    outgoing.once('response', (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      if (status === 200) resolve('yes');
      else if (status === 404) resolve('no');
      else resolve(status === 401 || status === 403 ? 'whoAsks' : 'unclear');
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) reject(abortError(signal));
      else resolve(error.code === 'ECONNREFUSED' ? 'refused' : 'unclear');
    });
    outgoing.end();
  });
}
