/** The node's own processor use over the last minutes, as one line. */
import { html, nothing, svg, type TemplateResult } from 'lit/html.js';
import type { WidgetWords } from './widget-words.js';

const MINUTES = 3;
const WINDOW_MS = MINUTES * 60_000;
/** Snapshots come up to ten times a second: more than a line of this width can show. */
const STEP_MS = 1_500;
const WIDTH = 246;
const HEIGHT = 36;
/** So that an idle node's line lies at the bottom, instead of noise filling the chart. */
const SHARE_MIN = 0.1;

interface Sample {
  readonly at: number;
  readonly cpu: number;
}

export class Sparkline {
  #samples: Sample[] = [];

  /** @param cpu share of one core @param now milliseconds of any one clock */
  note(cpu: number, now: number): void {
    const last = this.#samples.at(-1);
    // Within a step the higher one counts: a short task is work, too.
    if (last && now - last.at < STEP_MS) this.#samples[this.#samples.length - 1] = { at: last.at, cpu: Math.max(last.cpu, cpu) };
    else this.#samples.push({ at: now, cpu });
    while (this.#samples[1] && this.#samples[1].at < now - WINDOW_MS) this.#samples.shift();
  }

  draw(t: WidgetWords, cpu: number, now: number): TemplateResult {
    const most = Math.max(cpu, ...this.#samples.map((sample) => sample.cpu));
    const line = this.#line(Math.max(SHARE_MIN, most), now);
    const alt = t('widget.chart.alt', { minutes: t.number(MINUTES), share: t.percent(cpu), most: t.percent(most) });
    return html`<figure class="chart" part="chart">
      <figcaption><span class="faint">${t('widget.chart')}</span> <span>${t('widget.chart.now', { share: t.percent(cpu) })}</span></figcaption>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${alt}>
        <path class="base" d="M0 ${HEIGHT - 0.5}H${WIDTH}"></path>
        ${line ? svg`<path class="area" d="${line}V${HEIGHT}H${this.#x(this.#samples[0]!.at, now)}Z"></path><path class="line" d=${line}></path>` : nothing}
      </svg>
    </figure>`;
  }

  /** A value holds until the next one: steps, not slopes. */
  #line(top: number, now: number): string {
    const points = this.#samples.map(({ at, cpu }, index) => {
      const y = round((1 - cpu / top) * (HEIGHT - 4) + 2);
      return index === 0 ? `M${this.#x(at, now)} ${y}` : `H${this.#x(at, now)}V${y}`;
    });
    return points.length === 0 ? '' : `${points.join('')}H${WIDTH}`;
  }

  #x(at: number, now: number): number {
    return round(Math.max(0, WIDTH - ((now - at) / WINDOW_MS) * WIDTH));
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
