/** Where the badge stands: in the first corner in which it covers no pinned widget, which has more to say. */
const PLACES = ['bottom-start', 'bottom-end', 'top-start', 'top-end'] as const;

export function findPlace(badge: HTMLElement): { find(): void; rest(): void } {
  const observed = new WeakSet<Element>();
  const find = () => {
    const widgets = [...document.querySelectorAll('edge-net-widget[position]')].filter((widget) => widget.getAttribute('position'));
    for (const widget of widgets) {
      if (observed.has(widget)) continue;
      observed.add(widget);
      sizes.observe(widget);
    }
    const taken = widgets.map((widget) => widget.getBoundingClientRect());
    const free = PLACES.find((place) => {
      badge.dataset['place'] = place;
      const own = badge.getBoundingClientRect();
      return !taken.some((other) => overlap(own, other));
    });
    // Opened by the visitor on a small screen it may fit nowhere; up here it covers none of the widget's controls.
    badge.dataset['place'] = free ?? 'top-start';
  };
  // A card that opens or folds away changes where there is room.
  const sizes = new ResizeObserver(find);
  addEventListener('resize', find);
  return {
    find,
    rest() {
      sizes.disconnect();
      removeEventListener('resize', find);
    },
  };
}

function overlap(a: DOMRect, b: DOMRect): boolean {
  return a.width > 0 && b.width > 0 && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
