import { readFile } from 'node:fs/promises';
import { exec } from '../exec/exec';

/**
 * Addons that were compiled for one Node.js do not load in another. What they were compiled for, node-gyp has written beside them; which
 * one is used in the folder, only that one says.
 *
 * @returns why the two do not fit, half a sentence
 */
export async function addonDifference(
  addons: readonly string[],
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const versions = new Set<string>();
  for (const file of addons) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const version = /"node_module_version": "?(\d+)/.exec(text)?.[1];
    if (version !== undefined) versions.add(version);
  }
  if (versions.size === 0) return undefined;
  const used = await usedVersion(folder, env, signal);
  if (used === undefined || (versions.size === 1 && versions.has(used))) return undefined;
  return `addons were compiled for another Node.js there (ABI ${[...versions].join(', ')}, here ${used})`;
}

async function usedVersion(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const argv = ['-p', 'process.versions.modules'];
  const known = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const request = { file: 'node', argv, cwd, env: Object.fromEntries(known), maxOutputBytes: 1000, timeoutMs: 10_000 };
  try {
    const { stdout, exitCode } = await exec(request, signal);
    return exitCode === 0 && /^\d+\s*$/.test(stdout) ? stdout.trim() : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
