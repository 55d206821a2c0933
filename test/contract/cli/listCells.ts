/** The table of `coppice list`, without what environments use at the moment. */
export function listCells(table: string): string[][] {
  const lines = table.trimEnd().split('\n');
  return lines.map((line) => line.replace(/\d+\.\d\d( +)\d+ MiB/, 'cores$1MiB').split(/ {2,}/));
}
