import { parseArgs } from 'node:util';
import { availableParallelism } from 'node:os';
import { cleanEnvironment, root } from '../../scripts/workplace/run.mjs';
import { say, sayOnStderr, step } from '../../scripts/workplace/say.mjs';
import { againstBenches } from './against/againstBenches';
import { benches as all } from './benches';
import type { Figure } from './figure';
import { toJson, toTable } from './report';

// What is said here the script around this has checked.
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    // The commit that is named, and where the script around this has built it.
    against: { type: 'string' },
    'against-folder': { type: 'string' },
    'against-name': { type: 'string' },
  },
});
sayOnStderr();
const other = { folder: values['against-folder'], name: values['against-name'] };
const benches =
  other.folder === undefined || other.name === undefined
    ? all
    : againstBenches({ root: other.folder, name: other.name });
const chosen = benches.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
const figures: Figure[] = [];
const failures: string[] = [];
for (const bench of chosen) {
  const skipped = bench.skipped?.({ env: process.env, only: values.only.includes(bench.name) });
  if (skipped !== undefined) {
    say(`Skipped ${bench.name}: ${skipped}.`);
    continue;
  }
  try {
    figures.push(
      ...(await step(`Measuring ${bench.name}`, () =>
        bench.run({ root, quick: values.quick, env: cleanEnvironment() }),
      )),
    );
  } catch (error) {
    failures.push(bench.name);
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

if (values.json) {
  const { version, platform, arch } = process;
  const machine = { node: version, platform, arch, cores: availableParallelism() };
  print(JSON.stringify({ machine, quick: values.quick, figures: figures.map(toJson), failures }));
} else if (figures.length > 0) {
  const less = values.quick ? ' Quick: fewer runs of smaller things.' : '';
  print(`\n${toTable(figures)}\n`);
  const pairs = other.name === undefined ? '' : ' Ratios are medians of the ratios of pairs.';
  print(`Medians, each beside its yardstick in the same runs, on ${availableParallelism()} cores.${pairs}${less}`);
}
if (failures.length > 0) say(`Not measured: ${failures.join(', ')}.`);
process.exitCode = failures.length === 0 ? 0 : 1;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
