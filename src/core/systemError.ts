import type { ErrorCode } from './errorCode';

/** What the operating system said, in the words that Node.js gives its errors. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: unknown;
  readonly dest?: unknown;
  readonly address?: string;
  readonly port?: number;
}

interface Told {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Why something of the file system cannot be done, after a colon. */
const reasons: Readonly<Record<string, string>> = {
  E2BIG: 'its arguments and variables are longer than this system takes',
  EACCES: 'this account may not do that',
  EAGAIN: 'this machine has no room for it at the moment',
  EBUSY: 'another program uses it',
  EDQUOT: "this account's share of its disk is used up",
  EEXIST: 'something of that name exists already',
  EFBIG: 'it is larger than its file system takes',
  EILSEQ: 'its name has characters that its file system does not take',
  EINVAL: 'its file system does not take that',
  EIO: 'its disk reports an error',
  EISDIR: 'it is a folder, and not a file',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'this program has too many files open',
  EMLINK: 'it has too many links',
  ENAMETOOLONG: 'its name is longer than its file system takes',
  ENFILE: 'this machine has too many files open',
  ENODEV: 'its device is not there',
  ENOENT: 'it does not exist',
  ENOMEM: 'the memory of this machine is used up',
  ENOSPC: 'its disk is full',
  ENOSYS: 'its file system cannot do that',
  ENOTDIR: 'a part of its path is a file, and not a folder',
  ENOTEMPTY: 'it is not empty',
  ENOTSUP: 'its file system cannot do that',
  ENXIO: 'its device is not there',
  EOPNOTSUPP: 'its file system cannot do that',
  EPERM: 'that is not permitted',
  EROFS: 'its file system is read-only',
  ESTALE: 'its network share has lost it',
  ETXTBSY: 'it is a program that runs',
  EXDEV: 'it would have to move to another file system',
};

const denied = new Set(['EACCES', 'EPERM', 'EROFS']);

/** What was tried, by the name of the system call: "… cannot be …". */
const attempts: Readonly<Record<string, string>> = {
  access: 'looked at',
  chmod: 'changed',
  chown: 'changed',
  copyfile: 'copied',
  fchmod: 'changed',
  fdatasync: 'written',
  fsync: 'written',
  ftruncate: 'written',
  futime: 'changed',
  link: 'made',
  lstat: 'looked at',
  mkdir: 'made',
  mkdtemp: 'made',
  open: 'opened',
  opendir: 'listed',
  read: 'read',
  readlink: 'read',
  realpath: 'looked at',
  rename: 'moved',
  rm: 'removed',
  rmdir: 'removed',
  scandir: 'listed',
  stat: 'looked at',
  statfs: 'looked at',
  symlink: 'made',
  truncate: 'written',
  unlink: 'removed',
  utime: 'changed',
  watch: 'watched',
  write: 'written',
};

const network = new Set(['accept', 'bind', 'connect', 'getaddrinfo', 'listen', 'recvmsg', 'send', 'shutdown']);

/**
 * What a person is told of an error of the operating system: what could not be done, and why. Undefined: it is none.
 */
export function systemError(error: unknown): Told | undefined {
  if (!isSystemError(error)) return undefined;
  const { code, syscall } = error;
  if (/cwd$/.test(syscall))
    return {
      code: 'notFound',
      message: 'The folder that this command runs in does not exist any more: go to another one.',
    };
  if (network.has(syscall)) return networkError(error);
  const path = typeof error.path === 'string' ? error.path : undefined;
  const why = `${reasons[code] ?? described(error)} (${code})`;
  const kind = denied.has(code) ? 'denied' : 'failed';
  if (syscall.startsWith('spawn')) {
    const isMissing = code === 'ENOENT';
    return {
      code: isMissing ? 'missingTool' : kind,
      message: `The program ${path ?? syscall.slice('spawn'.length).trim()} cannot be started: ${why}.`,
    };
  }
  const where = typeof error.dest === 'string' ? ` to ${error.dest}` : '';
  // What is made, moved or linked does not exist before: what is missing is the folder.
  const isMaking = /^(?:mkdir|mkdtemp|rename|link|symlink|copyfile)$/.test(syscall);
  const reason = code === 'ENOENT' && isMaking ? `a folder of its path does not exist (${code})` : why;
  return {
    code: kind,
    message: `${path ?? 'A file'} cannot be ${attempts[syscall] ?? `used (${syscall})`}${where}: ${reason}.`,
  };
}

function networkError(error: SystemError): Told {
  const { code, syscall } = error;
  const address = [error.address, error.port].filter((part) => part !== undefined).join(':') || 'The other side';
  if (syscall === 'listen' || syscall === 'bind') {
    const why = code === 'EADDRINUSE' ? 'it is taken' : described(error);
    return {
      code: denied.has(code) ? 'denied' : 'failed',
      message: `${address} cannot be listened at: ${why} (${code}).`,
    };
  }
  const message = `${address} does not answer: ${described(error)} (${code}).`;
  return { code: code === 'ETIMEDOUT' ? 'timeout' : 'unreachable', message };
}

/** The system's own words, without what Node.js says around them. */
function described({ code, message }: SystemError): string {
  const [line = ''] = message.split('\n', 1);
  const words = line.startsWith(`${code}: `) ? line.slice(code.length + 2).replace(/, [^,]*$/, '') : line;
  return words || 'the system does not say why';
}

function isSystemError(error: unknown): error is SystemError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^(?:E(?!RR_)[A-Z\d_]+|UNKNOWN)$/.test(error.code) &&
    'syscall' in error &&
    typeof error.syscall === 'string'
  );
}
