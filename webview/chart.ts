import uPlot from 'uplot';
import type { ChartData } from './series';

/** A drawing of lines over time. It is drawn for the eye: what it says stands beside it as text as well. */
export interface Chart {
  draw(data: ChartData, from: number, to: number): void;
  /** The colours may be others now. */
  restyle(): void;
  resize(): void;
}

export interface VerticalAxis {
  readonly text: (value: number) => string;
  /** Lines at round numbers: of tens, or of bytes. */
  readonly base: 2 | 10;
}

export type MakeChart = (target: HTMLElement, axis: VerticalAxis) => Chart;

/** Colours of the editor's theme for the lines, in the order in which they are given out. */
export const lineColours = ['blue', 'green', 'yellow', 'purple', 'red', 'orange'] as const;
/** With the next round of colours lines are dashed; also who tells no colours apart sees two lines as two. */
const dashes: readonly number[][] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];
const height = 140;
/** Beside text and lines of any theme, also those of high contrast, whose borders are as bright as their text. */
const faint = 'rgba(128, 128, 128, 0.3)';
const powersOfTwo = Array.from({ length: 50 }, (_, power) => 2 ** power);

export const makeChart: MakeChart = (target, { text: axisText, base }) => {
  let plot: uPlot | undefined;
  let shown = '';
  let last: readonly [ChartData, number, number] | undefined;

  const variable = (name: string, otherwise: string): string =>
    getComputedStyle(document.body).getPropertyValue(name).trim() || otherwise;
  const width = (): number => Math.max(target.clientWidth, 100);

  const create = (data: ChartData): uPlot => {
    const text = variable('--vscode-descriptionForeground', '#888');
    const grid = { stroke: faint, width: 1 };
    const font = `11px ${variable('--vscode-font-family', 'sans-serif')}`;
    const axis = { stroke: text, font, grid, ticks: { ...grid, size: 4 } };
    return new uPlot(
      {
        width: width(),
        height,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { size: 5 } },
        scales: { x: { time: true }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.15 : 1] } },
        axes: [
          { ...axis, size: 30, values: '{HH}:{mm}:{ss}', space: 90 },
          {
            ...axis,
            size: 64,
            values: (_, values) => values.map(axisText),
            ...(base === 2 && { incrs: powersOfTwo }),
          },
        ],
        series: [
          {},
          ...data.lines.map(({ label }, index) => ({
            label,
            stroke: variable(`--vscode-charts-${lineColours[index % lineColours.length]}`, '#3794ff'),
            width: 1.5,
            dash: dashes[Math.floor(index / lineColours.length) % dashes.length] ?? [],
            points: { show: data.times.length < 2 },
          })),
        ],
      },
      toColumns(data),
      target,
    );
  };

  const draw: Chart['draw'] = (data, from, to) => {
    last = [data, from, to];
    const labels = JSON.stringify([data.lines.map(({ label }) => label), data.times.length < 2]);
    if (!plot || labels !== shown) {
      plot?.destroy();
      plot = create(data);
      shown = labels;
    } else plot.setData(toColumns(data), false);
    plot.setScale('x', { min: from, max: to });
  };

  return {
    draw,
    restyle() {
      plot?.destroy();
      plot = undefined;
      if (last) draw(...last);
    },
    resize() {
      if (plot && plot.width !== width()) plot.setSize({ width: width(), height });
    },
  };
};

function toColumns({ times, lines }: ChartData): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}
