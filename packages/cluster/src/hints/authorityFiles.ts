import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FailedRun } from './failedRun';

const untrusted =
  /self[- ]signed certificate|unable to (?:verify the first certificate|get (?:local )?issuer certificate)|UNABLE_TO_[A-Z_]{3,40}|certificate (?:verify failed|signed by unknown authority)|unknown (?:ca|authority)|\bx509: /i;
/** By which programs are told of authorities. Several of them take a file that is not there for none, and say nothing. */
const names = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];

/** That a variable names a file of certificate authorities which there is not. */
export async function authorityFiles({ folder, said, env }: FailedRun): Promise<string | undefined> {
  if (!untrusted.test(said)) return undefined;
  for (const name of names) {
    const path = env[name];
    if (path === undefined || path === '') continue;
    const isThere = await stat(resolve(folder, path)).then(
      () => true,
      () => false,
    );
    if (!isThere) return `${name} names ${path}, which there is not`;
  }
  return undefined;
}
