import { readFile } from 'node:fs/promises';
import { outputOf, type OutputOptions } from './outputOf';
import { windowsProgram } from './windowsProgram';

/** Whoever is not told in time would take a process that lives for one that is gone. */
const patient = { timeoutMs: 0 };

/**
 * When a process started, in the words of the operating system. Together with its number this names a process for good:
 * a number alone is given to another process some day. Undefined when there is no such process (a zombie counts as none).
 * Never rejects.
 *
 * @param limits undefined as well where that is not known in time
 */
export async function processStart(pid: number, limits: OutputOptions = patient): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxStart(pid);
  const asked =
    process.platform === 'win32'
      ? outputOf(
          windowsProgram('powershell'),
          [
            '-NoProfile',
            '-NonInteractive',
            '-Command',
            `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`,
          ],
          limits,
        )
      : outputOf('ps', ['-o', 'lstart=', '-p', String(pid)], limits);
  const text = await asked.catch(() => '');
  return text.trim() || undefined;
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
