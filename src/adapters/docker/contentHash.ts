import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { temporaryEnding } from '@coppice/host/writeTemporary';
import type { BuildSpec } from '../../core/environmentFile';
import { AppError } from '../../core/errors';
import { asked, contextFiles, type ContextEntry } from './contextFiles';
import { DockerIgnore, ignoreLine } from './dockerIgnore';

export interface HashRequest {
  /** The worktree's folder, absolute. */
  readonly folder: string;
  readonly build: BuildSpec;
  /** Files that no build gets, relative to the folder. */
  readonly withheld: readonly string[];
  /** What the engine builds for: `linux/amd64`. */
  readonly platform: string;
  /** Whether the builder prefers `<Dockerfile>.dockerignore`; asked only where there is one. */
  readonly readsOwnIgnoreFile: () => Promise<boolean>;
}

export interface ContentHash {
  /** 40 hex digits: the same wherever a build would see the same. */
  readonly hash: string;
  /** Absolute, links followed. */
  readonly context: string;
  readonly dockerfile: string;
  /** undefined: nothing that is withheld can be in the context. */
  readonly more:
    | {
        /** What `.dockerignore` does not leave out by itself. */
        readonly paths: readonly string[];
        /** What leaves them out as well. */
        readonly ignoreText: string;
      }
    | undefined;
  readonly files: number;
  /** Of content that was read. */
  readonly bytes: number;
}

/** Raised when the same content would no longer make the same image. */
const version = 'coppice-image-1';
/** Files that are read at a time. */
const width = 8;
const chunkBytes = 256 * 1024;

/**
 * One hash over all that a build sees: paths, kinds, permissions and content of the context's files without what
 * `.dockerignore` leaves out, the Dockerfile, stage, arguments and platform. Not over times and owners, which Docker's own
 * cache passes over too, nor over base images and what a build downloads. Memory does not grow with the size of files, nor
 * with their number.
 *
 * @throws notFound without a Dockerfile, invalidInput when a link leads out of the worktree, denied, conflict when files
 *   change meanwhile
 */
export async function contentHash(request: HashRequest, signal?: AbortSignal): Promise<ContentHash> {
  const { build } = request;
  const root = await realpath(request.folder);
  const context = await inside(root, join(root, build.context), `The folder ${JSON.stringify(build.context)}`);
  const named = build.context === '.' ? build.dockerfile : `${build.context}/${build.dockerfile}`;
  const dockerfile = await inside(root, join(context, build.dockerfile), named);
  const own = await ignoreText(context, join(context, build.dockerfile), request.readsOwnIgnoreFile);
  const ownIgnore = new DockerIgnore(own);
  const inContext = request.withheld
    .map((path) => relative(context, join(root, path)).split(sep).join('/'))
    .filter((path) => path !== '' && !isAbsolute(path) && path.split('/')[0] !== '..');
  const paths = inContext.filter((path) => !ownIgnore.ignores(path));
  // While one is written it stands beside itself.
  const lines = [...paths.map(ignoreLine), `**/*${temporaryEnding}`];
  const more = inContext.length === 0 ? undefined : { paths, ignoreText: [own, ...lines, ''].join('\n') };
  const ignore = more ? new DockerIgnore(more.ignoreText) : ownIgnore;

  const whole = createHash('sha256');
  const { target, args } = build;
  const byName = Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1));
  add(whole, [version, request.platform, build.dockerfile, target ?? '', JSON.stringify(byName)]);
  add(whole, ['dockerfile', await digest(dockerfile, named, chunkBytes, count(), signal)]);

  const counted = count();
  const waiting: Promise<readonly string[]>[] = [];
  const flush = async (): Promise<void> => {
    const first = waiting.shift();
    if (first) add(whole, await first);
  };
  try {
    for await (const entry of contextFiles(context, ignore, signal)) {
      const line = lineOf(context, entry, counted, signal);
      // Whoever waits for an earlier one hears of its failure later.
      line.catch(() => undefined);
      waiting.push(line);
      if (waiting.length >= width) await flush();
    }
    while (waiting.length > 0) await flush();
  } finally {
    await Promise.allSettled(waiting);
  }
  return {
    hash: whole.digest('hex').slice(0, 40),
    context,
    dockerfile,
    more,
    files: counted.files,
    bytes: counted.bytes,
  };
}

interface Count {
  files: number;
  bytes: number;
}

function count(): Count {
  return { files: 0, bytes: 0 };
}

async function lineOf(
  context: string,
  entry: ContextEntry,
  counted: Count,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const head = [entry.kind, entry.path, entry.mode.toString(8)];
  if (entry.kind === 'link') return [...head, entry.target];
  if (entry.kind !== 'file') return head;
  counted.files++;
  return [...head, await digest(join(context, entry.path), entry.path, entry.size, counted, signal)];
}

/** Each text with its length before it: no two lists of texts give the same bytes. */
function add(hash: Hash, texts: readonly string[]): void {
  hash.update(`${texts.length};`);
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
}

async function digest(
  file: string,
  path: string,
  size: number,
  counted: Count,
  signal: AbortSignal | undefined,
): Promise<string> {
  return asked(path, async () => {
    // What became a pipe since it was listed is not waited for; what became a link is not followed.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const hash = createHash('sha256');
      // One byte more than there should be, so that one read sees the end of a small file.
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size + 1));
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
        hash.update(buffer.subarray(0, bytesRead));
        counted.bytes += bytesRead;
        if (bytesRead < buffer.length) return hash.digest('hex');
      }
    } finally {
      await handle.close();
    }
  });
}

/** @param name how a person calls it */
async function inside(root: string, path: string, name: string): Promise<string> {
  const real = await realpath(path).catch((error: unknown) => {
    throw new AppError('notFound', `${name} does not exist: an image needs it.`, { cause: error });
  });
  const way = relative(root, real);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new AppError('invalidInput', `${name} is a link that leads out of the worktree.`);
  return real;
}

async function ignoreText(context: string, dockerfile: string, readsOwn: () => Promise<boolean>): Promise<string> {
  const own = await text(`${dockerfile}.dockerignore`);
  if (own !== undefined && (await readsOwn())) return own;
  return (await text(join(context, '.dockerignore'))) ?? '';
}

async function text(file: string): Promise<string | undefined> {
  try {
    return (await stat(file)).isFile() ? await readFile(file, 'utf8') : undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new AppError('denied', `${JSON.stringify(file)} cannot be read (${String(code)}).`, { cause: error });
  }
}
