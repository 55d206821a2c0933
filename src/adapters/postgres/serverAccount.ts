import { readFile } from 'node:fs/promises';
import { AppError } from '../../core/errors';

/** The unprivileged account that the server runs as. */
export interface ServerAccount {
  readonly name: string;
  readonly ids: { readonly uid: number; readonly gid: number };
}

/**
 * PostgreSQL refuses to run as root; then it runs as `postgres`, or where there is none as `nobody`.
 *
 * @returns undefined when it can run as who we are
 * @throws denied when there is no such account
 */
export async function serverAccount(): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [name, , uid, gid] = accounts.find(([candidate]) => candidate === wanted) ?? [];
    if (name !== undefined && Number(uid) > 0) return { name, ids: { uid: Number(uid), gid: Number(gid) } };
  }
  throw new AppError(
    'denied',
    'PostgreSQL refuses to run as root, and this machine has no account "postgres" or "nobody" for it.',
    {
      explanation: 'Run Coppice as another user, or name a server of your own in the setting postgres.url.',
    },
  );
}
