import { goalText, isReached, ratioOf, type Figure } from './figure';

const heads = ['Figure', 'Measured', 'Yardstick', '', 'Ratio', 'Beyond', 'Goal', 'Reached', 'Runs'];
/** Columns of numbers. */
const right = new Set([1, 3, 4, 5, 8]);

export function toTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, unit, value, yardstick, goals, runs } = figure;
    const ratio = ratioOf(figure);
    return [
      name,
      amount(value, unit),
      yardstick?.name ?? '',
      yardstick ? amount(yardstick.value, unit) : '',
      ratio === undefined ? '' : `${ratio.toFixed(2)} x`,
      yardstick && goals.some(({ kind }) => kind === 'beyond') ? amount(value - yardstick.value, unit) : '',
      goals.map((goal) => goalText(figure, goal)).join(', '),
      goals.map((goal) => (isReached(figure, goal) ? 'yes' : 'NO')).join(', '),
      String(runs),
    ];
  });
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function toJson(figure: Figure): object {
  const { name, unit, value, yardstick, goals, runs } = figure;
  return {
    name,
    unit,
    value,
    runs,
    yardstick: yardstick ?? null,
    ratio: ratioOf(figure) ?? null,
    goals: goals.map((goal) => ({ ...goal, text: goalText(figure, goal), reached: isReached(figure, goal) })),
  };
}

function amount(value: number, unit: string): string {
  return `${Math.abs(value) < 100 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}
