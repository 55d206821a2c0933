import { activation } from './activation';
import { asleep } from './asleep';
import { clones } from './clones';
import { create } from './create';
import { comparison } from './comparison';
import { crowd } from './crowd';
import { dashboard } from './dashboard';
import { overview } from './overview';
import { overviewInVSCode } from './overviewInVSCode';
import { databases } from './databases';
import { deletion } from './deletion';
import { dependencies } from './dependencies';
import { pool } from './pool';
import { largeDatabases } from './largeDatabases';
import { realCluster } from './realCluster';
import { sizes } from './sizes';
import { terminal } from './terminal';
import { wake } from './wake';
import { watch } from './watch';
import { worktrees } from './worktrees';
import type { Bench } from './figure';

/** All that this commit is measured by, in the order in which it is. */
export const benches: readonly Bench[] = [
  activation,
  sizes,
  dashboard,
  overview,
  overviewInVSCode,
  worktrees,
  terminal,
  create,
  pool,
  databases,
  clones,
  largeDatabases,
  deletion,
  wake,
  asleep,
  dependencies,
  watch,
  comparison,
  crowd,
  realCluster,
];
