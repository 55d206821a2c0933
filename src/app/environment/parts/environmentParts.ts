import { clusterPart } from './clusterPart';
import { databasePart } from './databasePart';
import { databaseServerPart } from './databaseServerPart';
import { imagesPart } from './imagesPart';
import { namespacePart } from './namespacePart';
import type { Part } from './part';
import { readyPart } from './readyPart';
import { releasePart } from './releasePart';
import { servicesPart } from './servicesPart';
import { telemetryPart } from './telemetryPart';
import { templatePart } from './templatePart';
import { temporalPart } from './temporalPart';
import { worktreePart } from './worktreePart';

/** What an environment consists of, in the order in which it is told. */
export const environmentParts: readonly Part[] = [
  clusterPart,
  databaseServerPart,
  namespacePart,
  worktreePart,
  templatePart,
  databasePart,
  imagesPart,
  telemetryPart,
  temporalPart,
  servicesPart,
  releasePart,
  readyPart,
];
