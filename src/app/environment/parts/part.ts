import type { EnvironmentFile } from '../../../core/environmentFile';
import type { EnvironmentFacts } from '../../../core/facts';
import type {
  ClusterIdentity,
  Identity,
  IdentityParts,
  Owner,
  PartRecord,
  PartStatus,
  Repository,
} from '../../../core/model';
import type { CandidateNames } from '../../../core/naming';
import type { NamespaceRecord } from '../../../core/ports/cluster';
import type { TemporalNews } from '../../../core/temporalNews';
import type { SelectedFiles } from '../../../core/ports/worktreeFiles';
import type { WorktreeValues } from '../../../core/ports/releases';
import type { Settings } from '../../../core/settings';
import type { CreatePorts } from '../createPorts';
import type { CreationBegun } from '../creationBegun';
import type { PreparedCreate, Target } from '../preparedCreate';
import type { Found, LookRun, Removal, RemoveRun } from './removal';
import type { StartWait } from '../../run/run';
import type { VariableSource } from './variables';

/*
 * An environment is a list of parts (`environmentParts`): its namespace, its worktree, its database, its services… Whatever is done
 * with an environment as a whole is a fold over that list: create and update (`Creation`), plan (`planCreate`), delete and delete of
 * an orphan (`removalSteps`), its rows, its JSON and its variables. A part is one file, which says
 *
 * - `id`, and whether this environment is to have it: `wanted`;
 * - what it stands `after`: what those parts made, and nothing else, it receives by `run.made(part)`, with the type that the part
 *   gives it; and what must wait for it, always or sometimes: `before`, `sometimesBefore`;
 * - what it will be called: `plan`. That is recorded, in the worktree's record and on the namespace, before anything of it is made.
 *   `fromAnnotations` is the way back, for an environment whose worktree is gone.
 *   What `verifyPlan` refuses is known only then;
 * - how to `make` it, so that it can be done again after a crash at any point, and how to `undo` what this run made of it. What undoing
 *   has to know is written into the part's `notes` before it is done: `make` may fail half-way;
 * - what would be lost with it (`look`), and how to `remove` it: steps, each in a phase;
 * - what there is to see of it (`status`, for which `shownParts` has a line, too), and what it gives to programs: `variables`, chart
 *   `values`.
 *
 * All but the id is optional. A part keeps nothing between two runs, and knows no other part but those that it names.
 */
export type Part<Value = unknown, Id extends string = string> = PartSpec<Id, Part, Value, unknown>;

export interface PartSpec<Id extends string, After extends Part, Value, Notes> extends VariableSource {
  /** Names its step, and its record in `Identity.parts`. */
  readonly id: Id;
  /** Those that are not wanted are not waited for. */
  readonly after?: readonly After[];
  /** Says for other parts that they stand after this one, which they do not know. */
  readonly before?: readonly Part[];
  /** The same of parts that do only sometimes what needs this one: they wait for it when they come to that, by `run.othersMade`. */
  readonly sometimesBefore?: readonly Part[];
  /** What making it does, for a person: "Clone the database". */
  readonly title?: string | ((asked: Asked) => string);
  /** Undefined: always. What a part that may be unwanted has made is undefined to others where it is not wanted. */
  wanted?(asked: Asked): boolean;
  /** Refuses what cannot be, by reading only: before anything is changed. @throws */
  verify?(run: VerifyRun): Promise<void>;
  /** Whose the thing is that this part would be called by these names; undefined: nobody's. A name that is somebody else's is not taken. */
  holder?(names: CandidateNames, ports: CreatePorts, signal: AbortSignal): Promise<Owner | 'foreign' | undefined>;
  /** Decides by reading only. Runs again when a name is lost to somebody else. */
  plan?(run: PlanRun): PlannedPart | Promise<PlannedPart>;
  /** Refuses what cannot be by what all parts will be called: before anything is claimed, and in a plan. @throws */
  verifyPlan?(run: VerifyPlanRun): void;
  /** Its record, as far as the namespace's annotations tell it; undefined: the environment never had this part. */
  fromAnnotations?(annotations: Readonly<Record<string, string>>): PartRecord | undefined;
  /** Empty ones, for one create. */
  notes?(): Notes;
  make?(run: MakeRun<After>, notes: Notes): Promise<Made<Value>>;
  /** Takes back what this run made; nothing, where it made nothing. @returns what it had to leave behind, for a person */
  undo?(run: UndoRun<After>, notes: Notes): Promise<string | undefined | void>;
  /**
   * Done before a create that failed takes anything back, while all that it made is still there. Where it fails that is told, and keeps
   * nothing from being taken back.
   */
  readonly farewell?: {
    readonly title: string;
    isDue(run: UndoRun<After>, begun: ReadonlySet<string>): boolean;
    run(run: FarewellRun<After>): Promise<string | undefined>;
  };
  /** What would be lost with it. @returns undefined: it is not there, and `remove` is not asked @throws conflict when it is not ours */
  look?(run: LookRun): Promise<Found | undefined>;
  /** What came to be lost since: asked when the services have ended, which may write until then. */
  lookAgain?(run: LookRun): Promise<Found>;
  /** Asked before the first thing is removed: whether it can be, as far as that can be told. @throws */
  confirm?(run: LookRun): Promise<void>;
  remove?(run: RemoveRun): readonly Removal[];
  /** What there is to see of it, by what the cluster says, and what was told of it besides. @returns undefined: it is not there */
  status?(facts: EnvironmentFacts, told: PartNews): Omit<PartStatus, 'part'> | undefined;
  /** What the chart gets. */
  values?(run: ValuesRun): Partial<WorktreeValues>;
}

/** A part, as far as it is seen. */
export type ShownPart = Pick<Part, 'id' | 'status'>;

/** What others than the cluster say of what environments have. */
export interface PartNews {
  /** By the name of the namespace in Temporal. */
  readonly temporal?: ReadonlyMap<string, TemporalNews> | undefined;
}

/** What a create is asked for, as far as it decides which parts there are to be. */
export interface Asked {
  readonly file: EnvironmentFile;
  readonly target: Target;
  readonly copies: SelectedFiles;
  readonly lockfiles: PreparedCreate['lockfiles'];
  readonly patched: PreparedCreate['patched'];
  readonly cluster: ClusterIdentity;
  /** What an earlier create has recorded of it. */
  readonly identity: Identity | undefined;
}

export interface Made<Value> {
  /** What parts that stand after this one receive. */
  readonly value: Value;
  /** What is special about it, for a person. */
  readonly detail?: string | undefined;
  /** What it is for is not reached, which is no reason to take anything back. */
  readonly short?: string | undefined;
}

export type MadeOf<P> = P extends Part<infer Value> ? Value : never;

export interface PlannedPart {
  readonly record?: PartRecord;
  /** What the namespace says of it, so that it is found when nothing else is left. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface VerifyRun {
  readonly ports: CreatePorts;
  readonly repository: Repository;
  readonly target: Target;
  readonly file: EnvironmentFile;
  readonly signal: AbortSignal;
}

export interface PlanRun {
  readonly ports: CreatePorts;
  readonly prepared: PreparedCreate;
  readonly names: CandidateNames;
  /** All that there are now, of all repositories. */
  readonly namespaces: readonly NamespaceRecord[];
  readonly signal: AbortSignal;
}

export interface VerifyPlanRun {
  readonly ports: CreatePorts;
  readonly prepared: PreparedCreate;
  /** All parts, wanted or not. */
  readonly parts: readonly Part[];
  /** As it will be recorded. */
  readonly identity: Identity;
}

export interface UndoRun<After extends Part = Part> {
  readonly ports: CreatePorts;
  readonly prepared: PreparedCreate;
  readonly begun: CreationBegun;
  /** What another part has made. */
  readonly made: <P extends After>(part: P) => MadeOf<P>;
  readonly signal: AbortSignal;
}

export interface FarewellRun<After extends Part = Part> extends UndoRun<After> {
  /** All parts, wanted or not. */
  readonly parts: readonly Part[];
  readonly tell: (line: string) => void;
}

export interface MakeRun<After extends Part = Part> extends UndoRun<After> {
  /** All parts, wanted or not. */
  readonly parts: readonly Part[];
  /** Waits for a part that only this case needs, and that does not stand after this one. */
  readonly whenMade: <P extends Part>(part: P) => Promise<MadeOf<P>>;
  /** Waits for all that say they are `sometimesBefore` this one. */
  readonly othersMade: () => Promise<void>;
  /** Says how far it is, one line at a time. @param waits where it waits for this machine to have room */
  readonly tell: (line: string, waits?: StartWait) => void;
}

export interface ValuesRun {
  readonly file: EnvironmentFile;
  readonly identity: Identity;
  readonly settings: Settings;
}

/** A part whose `made` has the type of what its `make` returns. */
export function definePart<const Id extends string, Value, Notes, After extends Part = never>(
  part: PartSpec<Id, After, Value, Notes> & { readonly wanted?: undefined },
): Part<Value, Id>;
export function definePart<const Id extends string, Value, Notes, After extends Part = never>(
  part: PartSpec<Id, After, Value, Notes> & { wanted(asked: Asked): boolean },
): Part<Value | undefined, Id>;
export function definePart(part: Part): Part {
  return part;
}

/** What is recorded of a part; undefined: it was never made. */
export function recordOf(parts: IdentityParts, { id }: Part): PartRecord | undefined {
  return parts[id];
}
