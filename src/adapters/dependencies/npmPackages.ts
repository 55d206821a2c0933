import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsed } from './parsed';

const together = 64;
const isPackage = /(?:^|\/)node_modules\//;

/**
 * Whether all packages that npm has written down of a `node_modules` are in it, in these versions: npm writes them down as well where it
 * has been told to change the lockfile only (`npm install --package-lock-only`, tried with 11.19), and has installed nothing.
 *
 * @param installed what is in `node_modules/.package-lock.json`
 * @returns why not, half a sentence
 */
export async function npmPackagesDifference(folder: string, installed: unknown): Promise<string | undefined> {
  const packages = Object.entries(field(installed, 'packages') ?? {}).filter(([path]) => isPackage.test(path));
  for (let at = 0; at < packages.length; at += together) {
    const part = packages.slice(at, at + together);
    const found = await Promise.all(part.map(([path, said]) => problemAt(folder, path, field(said, 'version'))));
    const problem = found.find((each) => each !== undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

async function problemAt(folder: string, path: string, version: unknown): Promise<string | undefined> {
  const text = await readFile(join(folder, path, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return `${path} is not in it, though npm has written it down`;
  const is = field(parsed(text), 'version');
  // One without a version, or of a workspace, says nothing.
  if (typeof version !== 'string' || typeof is !== 'string' || is === version) return undefined;
  return `${path} is ${is} there, though npm has written down ${version}`;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
