import { outputOf } from '@coppice/host/outputOf';
import { windowsProgram } from '@coppice/host/windowsProgram';
import { LinuxCensus } from './linuxCensus';
import { RUN_MARK } from '@coppice/host/runMark';
import type { SeenProcess } from './seenProcess';
import { SharedLook } from './sharedLook';

const LONGEST_REST_MS = 250;

/** The processes of this machine, looked at when somebody asks, once for all who do. */
export class ProcessCensus {
  readonly #look: SharedLook<readonly SeenProcess[]>;

  constructor(look: () => Promise<SeenProcess[]> = systemLook()) {
    this.#look = new SharedLook(() => look().catch(() => []), LONGEST_REST_MS);
  }

  /** As they are at a moment after the call. Never rejects: what cannot be read is empty. */
  take(): Promise<readonly SeenProcess[]> {
    return this.#look.take();
  }
}

/** How all processes of this system are read. */
export function systemLook(): () => Promise<SeenProcess[]> {
  if (process.platform === 'linux') {
    const census = new LinuxCensus();
    return () => census.take();
  }
  if (process.platform === 'win32') {
    return async () =>
      parseWindows(
        await outputOf(windowsProgram('powershell'), ['-NoProfile', '-NonInteractive', '-Command', windowsScript]),
      );
  }
  // With -E each command is followed by its environment, where the system lets us see it.
  return async () => parsePs(await outputOf('ps', ['-axwwE', '-o', 'pid=,ppid=,pgid=,tty=,lstart=,command=']));
}

/** Of macOS's `ps -E -o pid=,ppid=,pgid=,tty=,lstart=,command=`. */
export function parsePs(output: string): SeenProcess[] {
  const mark = new RegExp(` ${RUN_MARK}=(\\d{19})(?: |$)`);
  return output.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+ +\S+ +\d+ +[\d:]+ +\d{4}) (.*)$/.exec(line);
    if (!match) return [];
    const [, pid, parent, group, terminal, start = '', command = ''] = match;
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        session: undefined,
        hasTerminal: terminal !== '??' && terminal !== '?',
        start,
        run: mark.exec(command)?.[1],
      },
    ];
  });
}

const windowsScript =
  'Get-CimInstance -ClassName Win32_Process -Property ProcessId,ParentProcessId,CreationDate | ForEach-Object { ' +
  `'{0} {1} {2}' -f $_.ProcessId, $_.ParentProcessId, $(if ($_.CreationDate) { $_.CreationDate.ToFileTimeUtc() } else { 0 }) }`;

/** Windows keeps the number of a parent that has ended: a tree is found after its root is gone. There is no look into environments. */
export function parseWindows(output: string): SeenProcess[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const match = /^(\d+) (\d+) (\d+)$/.exec(line.trim());
    if (!match) return [];
    const [, pid, parent, start = ''] = match;
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: undefined,
        session: undefined,
        hasTerminal: false,
        start,
        run: undefined,
      },
    ];
  });
}
