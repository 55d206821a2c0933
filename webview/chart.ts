import uPlot from 'uplot';
import type { OwnedMark } from './marks';
import { colourOf, lineColours, type ChartData, type Line, type LinePattern } from './series';
import { timeText } from './timeText';

/** A drawing of lines over time. It is drawn for the eye: what it says stands beside it as text as well. */
export interface Chart {
  draw(data: ChartData, from: number, to: number, marks: readonly OwnedMark[]): void;
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

/** With the next round of colours lines are dashed; also who tells no colours apart sees two lines as two. */
const dashes: readonly number[][] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];
/** As the legend has them. */
const patternDashes: Readonly<Record<LinePattern, number[]>> = {
  whole: [],
  dashes: [8, 4],
  dots: [2, 3],
  'dash-dot': [7, 3, 2, 3],
};
/** The shape says it as well as the colour. */
const markLines: Readonly<Record<OwnedMark['kind'], { readonly colour: string; readonly dash: readonly number[] }>> = {
  created: { colour: '--vscode-foreground', dash: [] },
  update: { colour: '--vscode-foreground', dash: [] },
  restart: { colour: '--vscode-charts-red', dash: [2, 2] },
  commit: { colour: '--vscode-charts-purple', dash: [1, 3] },
};
const height = 140;
/** Beside text and lines of any theme, also those of high contrast, whose borders are as bright as their text. */
const faint = 'rgba(128, 128, 128, 0.3)';
const powersOfTwo = Array.from({ length: 50 }, (_, power) => 2 ** power);

export const makeChart: MakeChart = (target, { text: axisText, base }) => {
  let plot: uPlot | undefined;
  let shown = '';
  let last: Parameters<Chart['draw']> | undefined;

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
        hooks: { draw: [(shown) => drawMarks(shown)] },
        cursor: { drag: { x: false, y: false }, points: { size: 5 } },
        scales: { x: { time: true }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.15 : 1] } },
        axes: [
          {
            ...axis,
            ...{ size: 30, space: 70 },
            values: ({ scales }, times) => {
              const { min = 0, max = 0 } = scales['x'] ?? {};
              return times.map((time) => timeText(time * 1000, (max ?? 0) - (min ?? 0) < 600));
            },
          },
          {
            ...axis,
            size: 64,
            values: (_, values) => values.map(axisText),
            ...(base === 2 && { incrs: powersOfTwo }),
          },
        ],
        series: [
          {},
          ...data.lines.map((line, index) => ({
            label: line.label,
            stroke: variable(`--vscode-charts-${colourOf(line, index)}`, '#3794ff'),
            width: 1.5,
            dash: dashOf(line, index),
            points: { show: data.times.length < 2 },
          })),
        ],
      },
      toColumns(data),
      target,
    );
  };

  /** A line from top to bottom for each thing that happened, behind no other; for what happened to the other environment half of it. */
  const drawMarks = (shownPlot: uPlot): void => {
    const { ctx, bbox } = shownPlot;
    const [, from = 0, to = 0, marks = []] = last ?? [];
    const shown = marks.filter(({ at }) => at / 1000 >= from && at / 1000 <= to);
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    for (const { at, kind, isOther = false } of shown) {
      const x = Math.round(shownPlot.valToPos(at / 1000, 'x', true)) + 0.5;
      const { colour, dash } = markLines[kind];
      ctx.strokeStyle = variable(colour, '#888');
      ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + (isOther ? bbox.height / 2 : bbox.height));
      ctx.stroke();
    }
    ctx.restore();
  };

  const draw: Chart['draw'] = (data, from, to, marks) => {
    last = [data, from, to, marks];
    const labels = JSON.stringify([
      data.lines.map(({ label, of, pattern }) => [label, of, pattern]),
      data.times.length < 2,
    ]);
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

function dashOf({ pattern }: Line, index: number): number[] {
  if (pattern !== undefined) return patternDashes[pattern];
  return dashes[Math.floor(index / lineColours.length) % dashes.length] ?? [];
}

function toColumns({ times, lines }: ChartData): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}
