/* What `--json` prints, written down once: others build on these fields. */

export interface ServiceJson {
  name: string;
  health: string;
  state: string;
  reason: string | null;
  ready: number;
  desired: number;
  restarts: number;
  urls: string[];
  /** Of one that was waited for. */
  verdict?: 'ready' | 'notReady';
}

export interface EnvironmentJson {
  slug: string;
  namespace: string;
  temporalNamespace: string;
  temporal: {
    state: string;
    running: number | null;
    failed: number | null;
    page: string | null;
    why: string | null;
  } | null;
  database: string;
  host: string;
  metricsPorts: Record<string, number>;
  state: string;
  health: string;
  terminating: boolean;
  services: ServiceJson[];
  /** In a list. */
  usage?: { cpuCores: number; memoryBytes: number } | null;
}

export interface ViewJson {
  state: string;
  lastKnown: string | null;
  words: string;
  why: string | null;
  marks: string[];
  addresses: { url: string; service: string }[];
  parts: { part: string; title: string; name: string }[];
}

export interface AgentJson {
  program: string;
  session: string;
  state: string;
  wait: string | null;
  since: string;
  said: string | null;
  pid: number | null;
}

export interface EntryJson {
  branch: string | null;
  path: string;
  head: string;
  main: boolean;
  locked: string | null;
  lockStale: boolean;
  prunable: string | null;
  movedTo: string | null;
  setAside: string | null;
  damaged: string | null;
  waits: string | null;
  agents: AgentJson[];
  view: ViewJson;
  status: {
    changed: number;
    untracked: number;
    conflicts: number;
    upstream: string | null;
    ahead: number;
    behind: number;
    lastCommit: { id: string; subject: string; date: string } | null;
  } | null;
  environment: EnvironmentJson | null;
}

export interface ListJson {
  repository: { id: string; root: string };
  cluster: { state: string };
  stateTrouble: string | null;
  infra: { namespace: string; health: string; services: ServiceJson[] } | null;
  worktrees: EntryJson[];
  leftAside: { folder: string; name: string; view: { words: string; why: string } }[];
  orphans: {
    beingCreated: boolean;
    namespace: string;
    slug: string;
    folder: string;
    health: string;
    services: ServiceJson[];
  }[];
}

export interface CreatedJson {
  branch: string | null;
  path: string;
  slug: string;
  namespace: string;
  temporalNamespace: string;
  database: string;
  host: string;
  metricsPorts: Record<string, number>;
  url: string | null;
  ready: boolean;
  verdict: 'ready' | 'notReady';
  services: ServiceJson[];
}

export interface ErrorJson {
  error: { code: string; message: string; explanation: string | null; losses: { kind: string; count: number }[] };
}
