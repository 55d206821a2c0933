import { readFile } from 'node:fs/promises';
import { AppError } from '../../../core/errors';

interface Users {
  readonly users?: readonly { readonly name: string; readonly user: Readonly<Record<string, unknown>> }[];
}

/**
 * A kubeconfig in which the token that a user's `tokenFile` holds now is the user's token: the client library knows no such
 * file. As for kubectl it counts before a token of the kubeconfig itself.
 *
 * @param kubeconfig JSON
 * @throws denied when the file cannot be read
 */
export async function withTokenOfFile(kubeconfig: string): Promise<string> {
  const config = JSON.parse(kubeconfig) as Users;
  const users = await Promise.all(
    (config.users ?? []).map(async ({ name, user }) => {
      const { tokenFile, ...rest } = user;
      if (typeof tokenFile !== 'string' || tokenFile === '') return { name, user };
      return { name, user: { ...rest, token: await readToken(tokenFile) } };
    }),
  );
  return JSON.stringify({ ...config, users });
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new AppError('denied', `The token file ${path} that the kubeconfig names cannot be read.`, {
      explanation: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}
