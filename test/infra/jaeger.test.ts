import { afterAll, describe } from 'vitest';
import { parse } from 'yaml';
import { JaegerTraces } from '../../src/adapters/jaeger/jaegerTraces';
import { tracesContract } from '../contract/jaeger/tracesContract';
import { cliMachine } from '../support/cliMachine';
import { infraConfig, InfraWorld } from '../support/infraWorld';
import { infraModuleVersion, infraProgram } from '../support/infraPrograms/infraProgram';
import type { ToldSpan } from '../support/toldSpan';
import { verifies } from '../support/verified';
import { infraProgramsObtained } from '../support/infraPrograms/build.mjs';

const program = infraProgram('jaeger');

interface Config {
  readonly extensions: Readonly<Record<string, object>>;
}

describe('Jaeger, as charts/infra says it', { timeout: 90_000 }, () => {
  const worlds: InfraWorld[] = [];
  afterAll(async () => {
    for (const world of worlds) await world.dispose();
  });
  // Its module's version 1.76.0 is what the project calls 2.13.0.
  verifies(
    'Jaeger',
    () =>
      infraModuleVersion('jaeger', 'github.com/jaegertracing/jaeger').replace(
        /^1\.(\d+)\./,
        (_, minor: string) => `2.${Number(minor) - 63}.`,
      ),
    { obtained: infraProgramsObtained, asked: 'traces by OTLP, found by namespace and service' },
  );

  tracesContract('keeps what it is told by OTLP', async (spans) => {
    const world = await InfraWorld.create();
    worlds.push(world);
    const [health = 0, pages = 0, grpc = 0, otlp = 0, otlpHttp = 0] = await Promise.all(
      Array.from({ length: 5 }, () => cliMachine.freePort()),
    );
    const config = parse(await infraConfig('jaeger', 'jaeger.yaml')) as Config;
    // What differs outside of a pod: where it listens, and where its volume is. All else is the chart's.
    const ports: Readonly<Record<string, number>> = { 13133: health, 16686: pages, 16685: grpc, 4317: otlp };
    const here = JSON.parse(
      JSON.stringify(config)
        .replace(/0\.0\.0\.0:(\d+)/g, (_, port: string) => `127.0.0.1:${ports[port] ?? 0}`)
        .replaceAll('"/badger/', `"${world.folder}/badger/`),
    ) as Config & { receivers: { otlp: { protocols: Record<string, object> } } };
    // The collector tells it by gRPC; a test by what fetch can say.
    here.receivers.otlp.protocols['http'] = { endpoint: `127.0.0.1:${otlpHttp}` };
    const file = await world.file('jaeger.yaml', here);
    await world.start(program, [`--config=${file}`], `http://127.0.0.1:${health}/status`);
    const answer = await fetch(`http://127.0.0.1:${otlpHttp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: spans.map(resourceSpans) }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return new JaegerTraces(`http://127.0.0.1:${pages}`);
  });
});

/** As OpenTelemetry's protocol has it in JSON (opentelemetry-proto 1.x). */
function resourceSpans(span: ToldSpan): object {
  const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
  const nanos = (ms: number): string => String(BigInt(Math.round(ms * 1000)) * 1000n);
  return {
    resource: {
      attributes: [
        text('service.name', span.service),
        ...(span.namespace === undefined ? [] : [text('k8s.namespace.name', span.namespace)]),
      ],
    },
    scopeSpans: [
      {
        scope: { name: 'test' },
        spans: [
          {
            ...{ traceId: span.trace, spanId: span.id, parentSpanId: span.parent ?? '', name: span.operation, kind: 2 },
            ...{ startTimeUnixNano: nanos(span.startMs), endTimeUnixNano: nanos(span.startMs + span.durationMs) },
            status: span.isFailed ? { code: 2, message: span.message ?? '' } : {},
          },
        ],
      },
    ],
  };
}
