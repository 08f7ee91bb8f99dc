/** Draws charts into the places that the figures leave for them, as wide as those are, and anew when that or the figures change. */
import type { Chart } from './charts.js';
import type { Format } from './format.js';

type Draw = (chart: Chart, format: Format, width: number) => SVGElement | undefined;

export class Drawings {
  #root: ParentNode;
  #changed: () => void;
  #load: () => Promise<{ readonly drawPlot: Draw }>;
  #draw: Draw | undefined;
  #isLoading = false;
  #charts: readonly Chart[] = [];
  #format: Format | undefined;
  /** What stands in each place. */
  #drawn = new Map<HTMLElement, { readonly chart: Chart; readonly width: number }>();
  #observer = new ResizeObserver(() => this.#fill());

  /** The library could not be loaded. */
  hasFailed = false;

  /** @param changed called when `hasFailed` became true */
  constructor(root: ParentNode, changed: () => void, load: () => Promise<{ readonly drawPlot: Draw }> = () => import('./plots.js')) {
    this.#root = root;
    this.#changed = changed;
    this.#load = load;
  }

  /** @param charts the same object as long as nothing changed */
  show(charts: readonly Chart[], format: Format): void {
    this.#charts = charts;
    this.#format = format;
    const places = new Set(this.#root.querySelectorAll<HTMLElement>('[data-drawing]'));
    for (const place of this.#drawn.keys()) if (!places.has(place)) this.#leave(place);
    for (const place of places) this.#observer.observe(place);
    if (places.size > 0) this.#fill();
  }

  rest(): void {
    this.#observer.disconnect();
    for (const place of this.#drawn.keys()) this.#leave(place);
  }

  #fill(): void {
    const [draw, format] = [this.#draw, this.#format];
    if (!draw || !format) return this.#fetch();
    for (const place of this.#root.querySelectorAll<HTMLElement>('[data-drawing]')) {
      const chart = this.#charts.find(({ id }) => id === place.dataset['drawing']);
      const width = place.clientWidth;
      const drawn = this.#drawn.get(place);
      if (!chart || (drawn?.chart === chart && drawn.width === width)) continue;
      this.#drawn.set(place, { chart, width });
      place.replaceChildren(...[draw(chart, format, width)].filter((svg) => svg !== undefined));
    }
  }

  #fetch(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    void this.#load().then(
      ({ drawPlot }) => {
        this.#draw = drawPlot;
        this.#fill();
      },
      () => {
        this.hasFailed = true;
        this.#changed();
      },
    );
  }

  #leave(place: HTMLElement): void {
    this.#observer.unobserve(place);
    this.#drawn.delete(place);
    place.replaceChildren();
  }
}
