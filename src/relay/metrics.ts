/** Counters and gauges in Prometheus' text format (exposition format 0.0.4). */

const METRICS = {
  connections: ['gauge', 'Open connections.'],
  nodes: ['gauge', 'Authenticated nodes.'],
  frames_in: ['counter', 'Frames received, counted singly inside a batch.'],
  bytes_in: ['counter', 'Bytes received.'],
  direct_delivered: ['counter', 'Direct messages passed on.'],
  direct_unknown: ['counter', 'Direct messages to nodes that are not here.'],
  dropped_slow: ['counter', 'Frames dropped because the reader was too slow.'],
  junk: ['counter', 'Frames that were no message of ours or GUN\'s.'],
  refused_values: ['counter', 'Graph values that failed the guard.'],
  accepted_values: ['counter', 'Graph values verified and kept.'],
  throttled: ['counter', 'Pauses imposed on connections over their limit.'],
  closed_junk: ['counter', 'Connections closed for junk.'],
  auth_failed: ['counter', 'Failed answers to the challenge.'],
  blobs_stored: ['counter', 'Blobs stored.'],
  blobs_refused: ['counter', 'Blobs refused.'],
  blob_bytes: ['gauge', 'Bytes of blobs on disk.'],
  store_failures: ['counter', 'Writes to the graph store that failed.'],
} as const satisfies Record<string, readonly ['gauge' | 'counter', string]>;

export type MetricName = keyof typeof METRICS;

export class Metrics {
  readonly #values = new Map<MetricName, number>();

  add(name: MetricName, amount = 1): void {
    this.#values.set(name, this.get(name) + amount);
  }

  set(name: MetricName, value: number): void {
    this.#values.set(name, value);
  }

  get(name: MetricName): number {
    return this.#values.get(name) ?? 0;
  }

  text(): string {
    return (Object.keys(METRICS) as MetricName[])
      .map((name) => {
        const [type, help] = METRICS[name];
        const full = `edge_net_${name}${type === 'counter' ? '_total' : ''}`;
        return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${this.get(name)}\n`;
      })
      .join('');
  }
}
