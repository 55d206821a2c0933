import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { helmPath } from './helm';

const run = promisify(execFile);

export const infraChart = join(import.meta.dirname, '..', '..', 'charts', 'infra');
export const infraParts = ['postgresql', 'temporal', 'grafana', 'prometheus', 'loki', 'jaeger', 'collector'] as const;

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at many shapes
  readonly [field: string]: any;
}

/** Addresses of the person's own, for each part. */
export const ownAddresses = {
  postgresql: { address: 'db.example.test:5433', secret: 'own-database' },
  temporal: { address: 'temporal.example.test:7233' },
  grafana: { address: 'https://grafana.example.test/g/' },
  prometheus: { address: 'https://prometheus.example.test' },
  loki: { address: 'https://loki.example.test/' },
  jaeger: { address: 'https://jaeger.example.test', otlpAddress: 'jaeger.example.test:4317' },
  collector: { address: 'https://otlp.example.test' },
} as const;

export type InfraTestValues = Readonly<Record<string, { readonly enabled?: boolean; readonly address?: string }>>;

/** Every choice of parts that are on and off. */
export function combinations(): InfraTestValues[] {
  return Array.from({ length: 2 ** infraParts.length }, (_, mask) =>
    Object.fromEntries(infraParts.map((part, bit) => [part, { enabled: ((mask >> bit) & 1) === 1 }])),
  );
}

/** What Helm makes of a chart with these values. Rejects with what Helm said. */
export async function render(chart: string, namespace: string, values: object): Promise<KubeObject[]> {
  const folder = await mkdtemp(join(tmpdir(), 'coppice-render-'));
  try {
    const file = join(folder, 'values.json');
    await writeFile(file, JSON.stringify(values));
    const { stdout } = await run(helmPath, ['template', 'one', chart, '-n', namespace, '-f', file], {
      maxBuffer: 32 * 1024 * 1024,
    });
    return parseAllDocuments(stdout).flatMap((document) => {
      if (document.errors.length > 0) throw new Error(String(document.errors[0]));
      const object = document.toJS() as KubeObject | null;
      return object === null ? [] : [object];
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A few at a time. */
export async function renderAll(
  chart: string,
  namespace: string,
  all: readonly object[],
): Promise<(readonly KubeObject[])[]> {
  const results: (readonly KubeObject[])[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) results[at] = await render(chart, namespace, all[at] ?? {});
  };
  await Promise.all([work(), work(), work()]);
  return results;
}
