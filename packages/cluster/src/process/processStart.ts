import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/**
 * When a process started, in the words of the operating system. Together with its number this names a process for good:
 * a number alone is given to another process some day. Undefined when there is no such process (a zombie counts as none).
 * Never rejects.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxStart(pid);
  if (process.platform === 'win32') {
    const script = `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`;
    return firstLine('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]);
  }
  return firstLine('ps', ['-o', 'lstart=', '-p', String(pid)]);
}

let bootId: Promise<string> | undefined;

async function linuxStart(pid: number): Promise<string | undefined> {
  bootId ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => 'unknown-boot',
  );
  const fields = await statFields(pid);
  // Field 3 is the state, field 22 the start in clock ticks since boot; both counted after the command's name.
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return `${await bootId}:${fields[19]}`;
}

/** The fields of /proc/<pid>/stat that follow the command's name, which may itself hold spaces and parentheses. */
async function statFields(pid: number): Promise<string[] | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function firstLine(command: string, args: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { windowsHide: true, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } }, (error, stdout) => {
      resolve(error ? undefined : stdout.trim() || undefined);
    });
  });
}
