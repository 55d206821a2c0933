import { arch } from 'node:os';
import { resolve } from 'node:path';
import type { FailedRun } from './failedRun';
import { headOf } from './headOf';
import { pathInPod } from './pathInPod';

/** How the loaders of glibc, musl and macOS say it. glibc says of a library for another processor that there is no such file. */
const notLoaded =
  /(?:\.node|\.so(?:\.\d{1,5}){0,4}|\.dylib)(?=: (?:cannot open shared object file|invalid ELF header|wrong ELF class|Exec format error))|Error loading shared library ([^\s:]{1,300}): Exec format error|dlopen\((\/[^\n,()]{1,300}),/;
const longestPath = 300;
/** Of so many words that could be where it begins. */
const maxPlaces = 8;

/** Of `e_machine` in a file's ELF header, as Node.js calls them. */
const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  8: 'mips',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
/** Of `cputype` in a Mach-O header. */
const appleMachines: Readonly<Record<number, string>> = { 0x1000007: 'x64', 0x100000c: 'arm64' };

interface Built {
  readonly system: string;
  readonly machine: string | undefined;
}

/** That a native library is there, and was built for another system or another processor than this one. */
export async function foreignLibrary({ folder, root, said }: FailedRun): Promise<string | undefined> {
  for (const path of pathsIn(said)) {
    const head = await headOf(resolve(folder, path), 64).catch(() => undefined);
    if (head) return otherPlatform(builtFor(head), pathInPod(root, folder, path));
  }
  return undefined;
}

/** What may be its path, the longest first: names have spaces, and so does what stands before them. */
function pathsIn(said: string): readonly string[] {
  const match = notLoaded.exec(said);
  if (match === null) return [];
  const [ending, musl, apple] = match;
  const named = musl ?? apple;
  if (named !== undefined) return [named];
  const end = match.index + ending.length;
  const before = /[^\n'"`:]*$/.exec(said.slice(Math.max(0, end - longestPath), end))?.[0] ?? '';
  const begins = [...before.matchAll(/(?<![^\s(])\//g)].map(({ index }) => index);
  return [...begins.slice(0, maxPlaces).map((at) => before.slice(at)), before.split(/[\s()]/).at(-1) ?? ''];
}

function otherPlatform(built: Built | undefined, name: string): string | undefined {
  const system = process.platform === 'darwin' ? 'macOS' : process.platform === 'win32' ? 'Windows' : 'Linux';
  if (!built || (built.system === system && (built.machine === undefined || built.machine === arch())))
    return undefined;
  const text = (of: Built): string => [of.system, of.machine ?? ''].join(' ').trimEnd();
  return `${name} was built for ${text(built)}, and this machine is ${text({ system, machine: arch() })}`;
}

/** By the first bytes of a library. */
export function builtFor(head: Buffer): Built | undefined {
  if (head.length < 20) return undefined;
  if (head.readUInt32BE(0) === 0x7f454c46) {
    const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18);
    return { system: 'Linux', machine: machines[machine] ?? `(machine ${machine})` };
  }
  const magic = head.readUInt32LE(0);
  if (magic === 0xfeedfacf || magic === 0xfeedface)
    return { system: 'macOS', machine: appleMachines[head.readUInt32LE(4)] };
  // One file for several processors.
  if (head.readUInt32BE(0) === 0xcafebabe) return { system: 'macOS', machine: undefined };
  return head.toString('latin1', 0, 2) === 'MZ' ? { system: 'Windows', machine: undefined } : undefined;
}
