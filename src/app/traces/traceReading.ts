import type { UseCase } from '../run/run';
import type { FoundTrace, TraceRequest } from './readTrace';
import type { FoundTraces, TracesRequest } from './readTraces';

/** What is asked of traces. */
export interface TraceReading {
  /** What services have told of requests. Starts nothing. @throws notConfigured where nobody keeps that */
  readonly traces: UseCase<TracesRequest, FoundTraces>;
  /** One of those requests. */
  readonly trace: UseCase<TraceRequest, FoundTrace>;
}
