import { outputOf } from '@coppice/host/outputOf';
import { windowsProgram } from '@coppice/host/windowsProgram';
import { readLinuxProcesses } from './linuxProcesses';
import type { ProcessEntry } from './processEntry';

/** Every process of this machine, read once. Rejects when the system's own tool cannot be run. */
export async function readProcesses(): Promise<ProcessEntry[]> {
  if (process.platform === 'linux') return readLinuxProcesses();
  if (process.platform === 'win32') {
    const args = ['-NoProfile', '-NonInteractive', '-Command', windowsScript];
    return parseWindowsProcesses(await outputOf(windowsProgram('powershell'), args));
  }
  return parseProcessTable(await outputOf('ps', ['-A', '-o', 'pid=,ppid=,pgid=,rss=,time=']));
}

const properties = 'ProcessId,ParentProcessId,WorkingSetSize,KernelModeTime,UserModeTime,CreationDate';
const windowsScript =
  `Get-CimInstance -ClassName Win32_Process -Property ${properties} | ForEach-Object { ` +
  `'{0} {1} {2} {3} {4} {5}' -f $_.ProcessId, $_.ParentProcessId, $_.WorkingSetSize, $_.KernelModeTime, ` +
  `$_.UserModeTime, $(if ($_.CreationDate) { $_.CreationDate.ToFileTimeUtc() } else { 0 }) }`;

/** Of `ps -o pid=,ppid=,pgid=,rss=,time=`: memory in kibibytes, time as `[[days-]hours:]minutes:seconds`. */
export function parseProcessTable(output: string): ProcessEntry[] {
  return output.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s*$/.exec(line);
    if (!match) return [];
    const [pid = 0, parent = 0, group = 0, kibibytes = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
      .slice(1)
      .map((text) => Number(text ?? 0));
    const cpuSeconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
    return [{ pid, parent, group, cpuSeconds, memoryBytes: kibibytes * 1024, started: undefined }];
  });
}

/** Of Win32_Process: times in units of 100 ns. */
export function parseWindowsProcesses(output: string): ProcessEntry[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const fields = line.trim().split(' ').map(Number);
    if (fields.length !== 6 || fields.some(Number.isNaN)) return [];
    const [pid = 0, parent = 0, memoryBytes = 0, kernel = 0, user = 0, started = 0] = fields;
    return [{ pid, parent, group: undefined, cpuSeconds: (kernel + user) / 1e7, memoryBytes, started }];
  });
}
