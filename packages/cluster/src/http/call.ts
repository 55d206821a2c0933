import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HistoryAnswer, HistoryOfAll } from '../contract';
import type { Caller } from '../auth/authentication';
import type { ObjectWrites } from '../patch/objectWrites';
import type { Representation } from '../print/negotiation';
import type { RequestBody } from '../schema/requestBody';
import type { ResourceRequest } from '../schema/requestPath';
import type { ObjectStore } from '../store/objectStore';
import type { PodLogs } from '../streams/podLogs';
import type { StageContext } from './stages';
import type { UsageSource } from './usageSource';

export interface MetricsSource {
  /** For the metrics API, which `kubectl top` reads. */
  readonly usage: UsageSource;
  /** For `/metrics`, in Prometheus' text format. Never rejects. */
  text(): Promise<string>;
}

interface HistorySpan {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** What was kept of the past, in milliseconds since the epoch. May reject. */
export interface HistorySource {
  /** undefined: there is no such namespace. */
  read(namespace: string, range: HistorySpan): Promise<HistoryAnswer | undefined>;
  readAll(range: HistorySpan): Promise<HistoryOfAll>;
}

/** What the server works on, the same for all requests. */
export interface ServerContext extends StageContext {
  readonly objects: ObjectStore;
  readonly writes: ObjectWrites;
  readonly logs: PodLogs;
  /** The bearer token of the one user. */
  readonly token: string;
  readonly metrics?: MetricsSource;
  readonly stateTrouble?: () => Promise<string | undefined>;
  /** Milliseconds since the epoch, by namespace. */
  readonly visits?: () => ReadonlyMap<string, number>;
  readonly history?: HistorySource;
  onError(error: unknown): void;
}

/** What is sent, where it is not a stream that has answered by itself. */
export type Reply =
  | { readonly code: number; readonly body: object }
  | { readonly code: number; readonly bytes: Buffer; readonly type: string };

/** A document of the server's own. */
export interface ServedDocument {
  readonly kind: 'document';
  /** What tells of all namespaces at once is for the one user. */
  readonly isForAdmin: boolean;
  /** Undefined: however it is asked for. */
  readonly methods?: readonly string[];
  readonly reply: (call: Pick<Received, 'headers'>) => Reply | Promise<Reply | undefined> | undefined;
}

/** What a path is about. */
export type Target =
  /** Whoever asks: whether the server is there. */
  | { readonly kind: 'health' }
  | { readonly kind: 'resource'; readonly asked: ResourceRequest }
  | { readonly kind: 'review' }
  | ServedDocument
  | { readonly kind: 'nothing' };

/** A request, and what of it can be read. */
export interface Received {
  readonly url: URL;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly request: IncomingMessage;
}

export interface Identified extends Received {
  /** Undefined: whoever shows no token, or a wrong one. */
  readonly caller: Caller | undefined;
}

export interface Routed extends Identified {
  readonly target: Target;
}

/** It may be done; only health is for those who are nobody. */
export type Allowed = Received &
  (
    | { readonly target: { readonly kind: 'health' } }
    | { readonly caller: Caller; readonly target: Exclude<Target, { kind: 'health' | 'nothing' }> }
  );

export type Negotiated = Allowed & { readonly representation: Representation };

export type Read = Negotiated & { readonly body: RequestBody };

/** A request whose answer may be a stream. */
export type Answerable = Received & { readonly response: ServerResponse };
