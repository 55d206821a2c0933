import { readOwnRecord } from '@coppice/host/migrateRecord';
import { randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { clusterContext } from '../contract';
import { makeCertificate, type Certificate } from './certificate';
import type { StateFolder } from './stateFolder';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { certificateRecord } from './stateRecords';

const TOKEN = /^[\w-]{43}$/;
const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 3650;
/** A certificate that ends this soon is replaced at the start. */
const RENEW_DAYS = 30;

/** The token of the one user: read, or made at the first start. */
export async function loadToken(folder: StateFolder): Promise<string> {
  const before = await readFile(folder.tokenFile, 'utf8').catch(() => '');
  if (TOKEN.test(before.trim())) return before.trim();
  const token = randomBytes(32).toString('base64url');
  await writeFileAtomically(folder.tokenFile, `${token}\n`);
  return token;
}

/** The server's certificate, kept across restarts so that kubeconfigs stay valid. */
export async function loadCertificate(folder: StateFolder): Promise<Certificate> {
  const text = await readFile(folder.certificateFile, 'utf8').catch(() => '');
  const before = readOwnRecord(certificateRecord, text, folder.certificateFile);
  if (before && isValid(before.cert)) return before;
  const now = Date.now();
  const made = makeCertificate(new Date(now - DAY_MS), new Date(now + VALID_DAYS * DAY_MS));
  await writeFileAtomically(folder.certificateFile, JSON.stringify({ version: certificateRecord.version, ...made }));
  return made;
}

/** Replaces the kubeconfig whole: clients may read it at any moment. */
export async function writeKubeconfig(
  folder: StateFolder,
  server: string,
  token: string,
  authority: string,
): Promise<void> {
  const name = clusterContext;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
    preferences: {},
  };
  // As JSON, which is YAML: who reads it needs no library.
  await writeIfOther(folder.kubeconfigFile, `${JSON.stringify(config, undefined, 2)}\n`);
  await writeIfOther(folder.authorityFile, authority);
}

async function writeIfOther(file: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '');
  if (before !== text) await writeFileAtomically(file, text);
}

function isValid(cert: string): boolean {
  try {
    const { validFromDate, validToDate } = new X509Certificate(cert);
    const now = Date.now();
    // One of a time to come was made before the clock was put right.
    return validFromDate.getTime() <= now && validToDate.getTime() - now > RENEW_DAYS * DAY_MS;
  } catch {
    return false;
  }
}
