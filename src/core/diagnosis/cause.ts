/** Why an environment is not as it should be, by kind: others build on these words. */
export type CauseKind = (typeof causeKinds)[number];

export const causeKinds = [
  // Of the environment as a whole.
  'noEnvironment',
  'createCutOff',
  'deleteCutOff',
  'deleting',
  'working',
  'noRoom',
  'asleep',
  'stopped',
  'clusterAway',
  'clusterElsewhere',
  'environmentGone',
  'folderGone',
  'recordDamaged',
  'environmentFile',
  'databaseServerAway',
  'pendingMigration',
  'setupUnfinished',
  'installUnfinished',
  'noServices',
  'partWaits',
  // Of one service.
  'outOfMemory',
  'quota',
  'imageMissing',
  'configurationMissing',
  'evicted',
  'unschedulable',
  'portInUse',
  'fileLock',
  'otherPlatform',
  'lineEnds',
  'dependenciesMissing',
  'moduleMissing',
  'commandMissing',
  'folderMissing',
  'fileMissing',
  'variableMissing',
  'runtimeVersion',
  'certificate',
  'diskFull',
  'watchLimit',
  'tooManyFiles',
  'permission',
  'tableMissing',
  'databaseMissing',
  'databaseRefused',
  'databaseLock',
  'databaseUnreachable',
  'unreachable',
  'proxy',
  'nameUnknown',
  'invalidAddress',
  'syntax',
  'listensElsewhere',
  'nothingListens',
  'inputClosed',
  'endedByItself',
  'probeFails',
  'killed',
  'crash',
  'jobFailed',
  'dependencyDown',
  'starting',
  'troubled',
] as const;

export interface Cause {
  readonly kind: CauseKind;
  /** The service that has it; undefined: the environment as a whole. */
  readonly service?: string;
  /** One sentence. It holds what others wrote: reasons, paths, names. */
  readonly what: string;
  /** What it is concluded from, a few lines. */
  readonly evidence: readonly string[];
  /** What to do: a command, or a sentence where no command does it. */
  readonly todo: string;
}
