export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

// A label may hold any character but the line feed: also those that end a line elsewhere.
const lineForm = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)/s;
const labelForm = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/gs;

/** The samples of those metrics that are asked for, by name, from Prometheus' text format. Other lines are passed over. */
export function parseMetrics(text: string, names: readonly string[]): ReadonlyMap<string, readonly MetricSample[]> {
  const found = new Map<string, MetricSample[]>(names.map((name) => [name, []]));
  for (const line of text.split('\n')) {
    const [, name = '', labels = '', value = ''] = lineForm.exec(line) ?? [];
    found.get(name)?.push({ labels: parseLabels(labels), value: parseValue(value) });
  }
  return found;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(labelForm)) {
    labels[name] = value.replace(/\\(.)/gs, (_, character: string) => (character === 'n' ? '\n' : character));
  }
  return labels;
}

function parseValue(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}
