/** A name with its value, or with lines below it; undefined and empty ones are left out. */
export type Field = readonly [name: string, value: string | number | readonly string[] | undefined];

const indent = '  ';

/** Fields one below the other, their values in one column. */
export function fields(all: readonly Field[]): string[] {
  const told = all.filter(([, value]) => value !== undefined && value !== '' && !(isList(value) && value.length === 0));
  const width = Math.max(0, ...told.filter(([, value]) => !isList(value)).map(([name]) => name.length));
  return told.flatMap(([name, value]) =>
    isList(value) ? [`${name}:`, ...indented(value)] : [`${`${name}:`.padEnd(width + 3)}${value}`],
  );
}

export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : indent + line));
}

/** Rows of cells in columns as wide as they must be. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 2)))
      .join('')
      .trimEnd(),
  );
}

/** `3d`, `2h5m`, `40s`: how long ago, in at most two units. */
export function ago(time: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const;
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first < 0) return '0s';
  let left = seconds;
  return units
    .slice(first, first + 2)
    .map(([unit, size]) => {
      const count = Math.floor(left / size);
      left %= size;
      return count === 0 ? '' : `${count}${unit}`;
    })
    .join('');
}

function isList(value: Field[1]): value is readonly string[] {
  return Array.isArray(value);
}
