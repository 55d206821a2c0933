import { addressesPart } from './addressesPart';
import { clusterPart } from './clusterPart';
import { copyPart } from './copyPart';
import { databasePart } from './databasePart';
import { databaseServerPart } from './databaseServerPart';
import { dependenciesPart } from './dependenciesPart';
import { envFilesPart } from './envFilesPart';
import { firstPatchPart } from './firstPatchPart';
import { heldReleasePart } from './heldReleasePart';
import { imagesPart } from './imagesPart';
import { migratePart } from './migratePart';
import { namespacePart } from './namespacePart';
import type { Part } from './part';
import { patchPart } from './patchPart';
import { readyPart } from './readyPart';
import { releasePart } from './releasePart';
import { servicesPart } from './servicesPart';
import { setupPart } from './setupPart';
import { teardownPart } from './teardownPart';
import { telemetryPart } from './telemetryPart';
import { templatePart } from './templatePart';
import { temporalNamespacePart } from './temporalNamespacePart';
import { temporalPart } from './temporalPart';
import { usedDataPart } from './usedDataPart';
import { usesPart } from './usesPart';
import { worktreePart } from './worktreePart';

/** What an environment consists of, in the order in which it is told. */
export const environmentParts: readonly Part[] = [
  clusterPart,
  databaseServerPart,
  namespacePart,
  worktreePart,
  copyPart,
  firstPatchPart,
  dependenciesPart,
  setupPart,
  templatePart,
  databasePart,
  migratePart,
  patchPart,
  usesPart,
  usedDataPart,
  imagesPart,
  telemetryPart,
  temporalPart,
  temporalNamespacePart,
  addressesPart,
  servicesPart,
  envFilesPart,
  heldReleasePart,
  releasePart,
  readyPart,
  teardownPart,
];
