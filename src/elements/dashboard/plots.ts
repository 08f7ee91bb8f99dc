/** Charts as SVG, by Observable Plot: a chunk of its own, which comes when there are figures to draw. */
import * as Plot from '@observablehq/plot';
import type { Bar, Chart } from './charts.js';
import { roundSteps, thinned, type Format } from './format.js';

const HEIGHT_PX = 200;
const TICK_ROOM_PX = 62;
/** Wide enough for digits of 11 px, which the styles set. */
const DIGIT_PX = 6.4;
const TIP_LINES_MAX = 3;
const FULL = [0, 0.25, 0.5, 0.75, 1];

/** @param width in pixels. @returns undefined where there is no room */
export function drawPlot(chart: Chart, format: Format, width: number): SVGElement | undefined {
  if (width < 60) return undefined;
  const isMirrored = format.t.dir === 'rtl';
  const isShare = chart.points.length > 0;
  const steps = isShare ? FULL : roundSteps(Math.min(0, ...chart.bars.map(({ low }) => low)), Math.max(0, ...chart.bars.map(({ high }) => high)), chart);
  const digits = digitsOf(steps);
  const write = (value: number) => isolated(chart.write(value, digits));
  const margin = 10 + DIGIT_PX * Math.max(...steps.map((step) => chart.write(step, digits).length));
  const start = chart.starts[0]!;
  const ticks = thinned(chart.labelled, Math.floor((width - margin) / TICK_ROOM_PX));
  const svg = Plot.plot({
    width,
    height: HEIGHT_PX,
    className: 'chart',
    marginTop: 10,
    marginBottom: 24,
    marginLeft: isMirrored ? 14 : margin,
    marginRight: isMirrored ? margin : 14,
    // Time runs as one reads.
    x: { type: 'linear', domain: isMirrored ? [chart.end, start] : [start, chart.end] },
    y: { type: 'linear', domain: [steps[0]!, steps.at(-1)!] },
    marks: [
      Plot.gridY({ ticks: steps, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisY({ ticks: steps, tickSize: 0, label: null, anchor: isMirrored ? 'right' : 'left', tickFormat: write, fill: 'var(--faint)' }),
      Plot.axisX({ ticks, tickSize: 4, label: null, tickFormat: (at: number) => isolated(format.tick(at)), fill: 'var(--faint)', stroke: 'var(--faint)' }),
      ...(isShare ? lineOf(chart) : barsOf(chart)),
      Plot.ruleY([0], { stroke: 'var(--faint)' }),
      tipOf(chart, steps.at(-1)!),
    ],
  }) as SVGElement;
  // A style element would need `style-src 'unsafe-inline'`; the dashboard's sheet has its rules.
  svg.querySelector('style')?.remove();
  // Its place has the name; the labels that Plot gives to groups are not for readers.
  svg.setAttribute('aria-hidden', 'true');
  return svg;
}

function barsOf(chart: Chart): Plot.Markish[] {
  return [
    Plot.rect(chart.bars, {
      x1: ({ bucket }: Bar) => chart.starts[bucket],
      x2: ({ bucket }: Bar) => endOf(chart, bucket),
      y1: 'low',
      y2: 'high',
      fill: ({ colour }: Bar) => `var(--series-${colour})`,
      // Neighbours part by a gap as well, not by colour alone.
      inset: 0.5,
      rx: 1,
    }),
  ];
}

function lineOf(chart: Chart): Plot.Markish[] {
  const known = chart.points.map((share, bucket) => ({ x: middleOf(chart, bucket), y: share ?? Number.NaN }));
  return [
    Plot.line(known, { x: 'x', y: 'y', stroke: 'var(--series-1)', strokeWidth: 2 }),
    Plot.dot(known, { x: 'x', y: 'y', r: 3, fill: 'var(--series-1)', stroke: 'var(--paper)', strokeWidth: 1 }),
  ];
}

/** Says beside the pointer what the table says in the same row. */
function tipOf(chart: Chart, top: number): Plot.Markish {
  // Of many kinds of tasks, those that there were.
  const isShort = chart.columns.length <= TIP_LINES_MAX;
  const lines = ([time, ...cells]: readonly string[]) => [time!, ...cells.flatMap((cell, at) => (isShort || cell !== chart.write(0, 0) ? [`${chart.columns[at]}: ${cell}`] : []))].map(isolated).join('\n');
  return Plot.tip(chart.starts.keys(), Plot.pointerX({
    x: (bucket: number) => middleOf(chart, bucket),
    y: () => top,
    title: (bucket: number) => lines(chart.rows[bucket]!),
    anchor: 'top',
    fill: 'var(--paper)',
    stroke: 'var(--line)',
    pathFilter: 'none',
    textPadding: 6,
    lineWidth: 40,
  }));
}

function endOf({ starts, end }: Chart, bucket: number): number {
  return starts[bucket + 1] ?? end;
}

function middleOf(chart: Chart, bucket: number): number {
  return (chart.starts[bucket]! + endOf(chart, bucket)) / 2;
}

function digitsOf(steps: readonly number[]): number {
  const step = steps.length > 1 ? steps[1]! - steps[0]! : 1;
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}

/** In a drawing that runs from left to right, words of the other direction keep theirs. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
