/** Each chart as a figure: its name, its legend, a place for the drawing, and the same figures as a table. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Chart, Series } from './charts.js';
import type { Format } from './format.js';

/** @param hasFailed the drawings could not be loaded; the tables are opened */
export function figuresOf(charts: readonly Chart[], format: Format, hasFailed: boolean): TemplateResult {
  return html`<div class="charts" part="charts">${charts.map((chart) => figure(chart, format, hasFailed))}</div>`;
}

function figure(chart: Chart, { t, rangeName }: Format, hasFailed: boolean): TemplateResult {
  const caption = t('dashboard.caption', { title: chart.title, range: rangeName });
  const words = chart.isEmpty ? t('dashboard.nothing') : hasFailed ? t('dashboard.no-charts') : '';
  return html`<figure part="chart" data-chart=${chart.id}>
    <figcaption>${chart.title}</figcaption>
    ${chart.legend.length > 0 && !chart.isEmpty ? html`<ul class="legend">${chart.legend.map(entry)}</ul>` : nothing}
    <div class="plot">${words ? html`<p class="none">${words}</p>` : html`<div class="drawing" role="img" aria-label=${chart.label} data-drawing=${chart.id}></div>`}</div>
    <details class="table" ?open=${hasFailed}>
      <summary>${t('dashboard.table')}<span class="hidden">: ${chart.title}</span></summary>
      <div class="scroll" tabindex="0" role="group" aria-label=${caption}>${table(chart, caption, t('dashboard.time'), t('dashboard.total'))}</div>
    </details>
  </figure>`;
}

function entry({ name, colour, total }: Series): TemplateResult {
  return html`<li><span class="swatch" data-colour=${colour}></span><bdi>${name}</bdi> <b>${total}</b></li>`;
}

function table({ columns, rows, foot }: Chart, caption: string, time: string, total: string): TemplateResult {
  return html`<table part="table">
    <caption>${caption}</caption>
    <thead><tr><th scope="col">${time}</th>${columns.map((column) => html`<th scope="col"><bdi>${column}</bdi></th>`)}</tr></thead>
    <tbody>${rows.map(([label, ...cells]) => html`<tr><th scope="row">${label}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
    ${foot.length > 0 ? html`<tfoot><tr><th scope="row">${total}</th>${foot.map((cell) => html`<td>${cell}</td>`)}</tr></tfoot>` : nothing}
  </table>`;
}
