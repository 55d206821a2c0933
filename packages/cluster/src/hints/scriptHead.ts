import { stat } from 'node:fs/promises';
import { basename, isAbsolute, resolve } from 'node:path';
import type { FailedRun } from './failedRun';
import { headOf } from './headOf';
import { isMissing } from './isMissing';
import { pathInPod } from './pathInPod';

const notStarted = /no such file or directory|not found|bad interpreter|illegal option|syntax error|invalid option/i;
const shells = /^(?:a|ba|da|k|z)?sh$/;
const headBytes = 256;

/** That a script is there, and the system, or a shell, cannot read it as what it is. */
export async function scriptHead({ folder, root, said, command }: FailedRun): Promise<string | undefined> {
  if (!notStarted.test(said)) return undefined;
  const [program = '', ...args] = command;
  const script = shells.test(basename(program)) ? args.find((one) => !one.startsWith('-')) : program;
  if (script === undefined || !/[/\\]|\.\w+$/.test(script)) return undefined;
  const head = await firstLine(resolve(folder, script));
  if (head === undefined) return undefined;
  const name = pathInPod(root, folder, script);
  if (head.endsWith('\r')) return `${name} has Windows line ends (CRLF)`;
  const interpreter = script === program ? /^#! *(\S+)/.exec(head)?.[1] : undefined;
  if (interpreter === undefined || !isAbsolute(interpreter)) return undefined;
  const isGone = await stat(interpreter).then(() => false, isMissing);
  return !isGone ? undefined : `the first line of ${name} names ${interpreter}, which there is not`;
}

/** undefined: it is longer than any such line. */
async function firstLine(path: string): Promise<string | undefined> {
  const head = await headOf(path, headBytes);
  const end = head?.indexOf('\n') ?? -1;
  return head === undefined || end < 0 ? undefined : head.toString('utf8', 0, end);
}
