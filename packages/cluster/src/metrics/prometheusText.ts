type Labels = Readonly<Record<string, string>>;

/**
 * Metrics in Prometheus' text format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 */
export class PrometheusText {
  private readonly lines: string[] = [];

  counter(name: string, help: string, samples: Iterable<readonly [Labels, number]>): void {
    this.family(name, 'counter', help, samples);
  }

  gauge(name: string, help: string, samples: Iterable<readonly [Labels, number]>): void {
    this.family(name, 'gauge', help, samples);
  }

  /** @param buckets of each sample: one a bound, and one for what is beyond; each without those of the bucket before */
  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
    samples: Iterable<readonly [Labels, { buckets: readonly number[]; seconds: number }]>,
  ): void {
    this.head(name, 'histogram', help);
    for (const [labels, { buckets, seconds }] of samples) {
      let sum = 0;
      for (const [index, count] of buckets.entries()) {
        sum += count;
        this.sample(`${name}_bucket`, { ...labels, le: String(bounds[index] ?? '+Inf') }, sum);
      }
      this.sample(`${name}_sum`, labels, seconds);
      this.sample(`${name}_count`, labels, sum);
    }
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`;
  }

  private family(name: string, type: string, help: string, samples: Iterable<readonly [Labels, number]>): void {
    this.head(name, type, help);
    for (const [labels, value] of samples) this.sample(name, labels, value);
  }

  private head(name: string, type: string, help: string): void {
    this.lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }

  private sample(name: string, labels: Labels, value: number): void {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
    this.lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
  }
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
