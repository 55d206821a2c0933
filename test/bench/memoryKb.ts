import { readFileSync } from 'node:fs';

/** What a process has in memory now. Linux only. */
export function memoryKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
