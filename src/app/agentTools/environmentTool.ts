import type { Snapshot } from '../../core/model';
import type { QueryRows } from '../../core/ports/databaseQueries';
import type { KeptTexts } from '../../core/ports/keptTexts';
import type { OfferedTool } from '../../core/ports/toolServer';
import type { DatabaseStatus } from '../databases/migrations/migrationStatus';
import type { QueryAt } from '../environment/database/queryDatabase';
import type { Diagnosis, DiagnosisRequest, LoggedErrors } from '../diagnosis/diagnosis';
import type { ErrorsRequest } from '../diagnosis/readErrors';
import type { SetupResult } from '../environment/commands/runSetup';
import type { SetUpWorktreeRequest } from '../environment/setup/setUpWorktree';
import type { Run, UseCase } from '../run/run';
import type { Restarted } from '../services/restartService';
import type { ServiceAt } from '../services/serviceAt';
import type { TraceReading } from '../traces/traceReading';
import type { ToolArguments } from './readArguments';

export interface ToolPorts {
  readonly kept: KeptTexts;
  readonly worktrees: { path(folder: string, signal: AbortSignal): Promise<string> };
  readonly snapshots: { read(folder: string, signal: AbortSignal): Promise<Snapshot> };
  readonly diagnosis: TraceReading & {
    readonly why: UseCase<DiagnosisRequest, Diagnosis>;
    readonly errors: UseCase<ErrorsRequest, LoggedErrors>;
  };
  readonly databases: {
    readonly status: UseCase<{ readonly folder: string }, DatabaseStatus>;
    readonly migrate: UseCase<{ readonly folder: string }, DatabaseStatus>;
    readonly query: UseCase<QueryAt, QueryRows>;
  };
  readonly environments: { readonly setup: UseCase<SetUpWorktreeRequest, SetupResult> };
  readonly services: { readonly restart: UseCase<ServiceAt, Restarted> };
}

/** A tool as it is written here: its arguments are checked before it is called. */
export interface EnvironmentTool extends Omit<OfferedTool, 'call'> {
  readonly answer: (given: ToolArguments, at: ToolPlace) => Promise<string>;
}

export interface ToolPlace {
  readonly folder: string;
  readonly run: Run;
}
