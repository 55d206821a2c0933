import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { Collector, type CollectorConfig } from './collector';
import { Grafana } from './grafana';
import { reachTcp } from './serve';
import {
  startJaeger,
  startLoki,
  startPrometheus,
  type JaegerConfig,
  type LokiConfig,
  type PrometheusConfig,
} from './stores';
import { runSqlTool, startTemporal, startTemporalDev, startTemporalUi } from './temporal';

// The first program of the image that stands in for parts of infra: which part is told by how the chart calls it.

const { env } = process;
const [, called = '', ...args] = process.argv;

/** The file that an argument names, as the parts' own programs take it. */
function configured(prefix: string): unknown {
  const argument = args.find((one) => one.startsWith(prefix));
  return argument === undefined ? undefined : parse(readFileSync(argument.slice(prefix.length), 'utf8'));
}

async function start(): Promise<void> {
  const name = basename(called);
  if (name === 'nc') return reachTcp(args.slice(-2).join(':'));
  if (name === 'sleep') return new Promise((resolve) => setTimeout(resolve, Number(args[0]) * 1000));
  if (name === 'temporal-sql-tool') return runSqlTool(args, env);
  if (name === 'temporal' && args.slice(0, 2).join(' ') === 'server start-dev') return startTemporalDev(args);
  const loki = configured('-config.file=');
  const prometheus = configured('--config.file=');
  const opened = configured('--config=');
  if (loki) startLoki(loki as LokiConfig);
  else if (prometheus)
    startPrometheus(
      prometheus as PrometheusConfig,
      args.find((one) => one.startsWith('--storage.tsdb.path='))?.split('=')[1] ?? '',
    );
  else if (args.some((one) => one.startsWith('--config=/etc/jaeger/'))) startJaeger(opened as JaegerConfig);
  else if (opened) new Collector(opened as CollectorConfig).start();
  else if (env['GF_SECURITY_ADMIN_PASSWORD']) new Grafana(env).start();
  else if (env['POSTGRES_SEEDS']) await startTemporal(env);
  else if (env['TEMPORAL_UI_PORT']) startTemporalUi(env);
  else throw new Error(`No part of infra is called so: ${process.argv.join(' ')}`);
}

// A container's first program is asked to end, and no more.
process.on('SIGTERM', () => process.exit(0));
start().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
