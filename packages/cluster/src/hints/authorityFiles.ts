import { stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import type { FailedRun } from './failedRun';
import { isMissing } from './isMissing';

const untrusted =
  /self[- ]signed certificate|unable to (?:verify the first certificate|get (?:local )?issuer certificate)|UNABLE_TO_[A-Z_]{3,40}|certificate (?:verify failed|signed by unknown authority)|unknown (?:ca|authority)|\bx509: /i;
/** By which programs are told of authorities. Several of them take a file that is not there for none, and say nothing. */
const names = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];

/** What is longer is no path, but may be the certificate itself, or its key. */
const longestPath = 300;

/** That a variable names a file of certificate authorities which there is not. */
export async function authorityFiles({ folder, said, env }: FailedRun): Promise<string | undefined> {
  if (!untrusted.test(said)) return undefined;
  for (const name of names) {
    const path = env[name];
    if (path === undefined || path === '' || path.length > longestPath || /[\r\n]/.test(path)) continue;
    // Of folders it may be a list.
    const places = name === 'SSL_CERT_DIR' ? path.split(delimiter).filter((place) => place !== '') : [path];
    const gone = await Promise.all(places.map((place) => stat(resolve(folder, place)).then(() => false, isMissing)));
    if (gone.every(Boolean)) return `${name} names ${path}, which there is not`;
  }
  return undefined;
}
