/*
 * A machine on which nobody but the programs of a test takes memory or gives any back. They put a file with their number into a folder, the
 * ledger. Loaded before a program (NODE_OPTIONS=--import), it stands in for what Linux tells of its memory; what those programs really use
 * is really read.
 */
import { readdirSync, readFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

/** The variable that names the ledger. */
export const ledgerVariable = 'STILL_MACHINE_LEDGER';

/** Kilobytes; others have taken the half. */
const total = 16 * 2 ** 20;

/**
 * @param {string} ledger
 * @returns {number} kilobytes
 */
function freeKilobytes(ledger) {
  return readdirSync(ledger).reduce((free, pid) => free - residentOf(pid), total / 2);
}

/**
 * @param {string} ledger
 * @returns {number}
 */
export function stillFreeMegabytes(ledger) {
  return Math.floor(freeKilobytes(ledger) / 1024);
}

/**
 * proc(5). One that has ended has no memory.
 *
 * @param {string} pid
 * @returns {number} kilobytes
 */
function residentOf(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(join('/proc', pid, 'status'), 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const ledger = process.env[ledgerVariable];
if (ledger !== undefined) {
  const read = promises.readFile;
  // @ts-expect-error of its many forms one is used
  promises.readFile = async (path, ...more) => {
    if (path === '/proc/meminfo') return `MemTotal: ${total} kB\nMemAvailable: ${freeKilobytes(ledger)} kB\n`;
    // It has no control groups.
    if (path === '/proc/self/cgroup') return '';
    return read(path, ...more);
  };
  syncBuiltinESMExports();
}
