import type { Repository } from '../../core/model';
import type { Cluster } from '../../core/ports/cluster';
import type { DatabaseTables } from '../../core/ports/databaseTables';
import type { Databases } from '../../core/ports/databases';
import type { DependencyFolders } from '../../core/ports/dependencyFolders';
import type { EnvironmentFiles } from '../../core/ports/environmentFiles';
import type { FolderPrograms } from '../../core/ports/folderPrograms';
import type { Clock, Commands, Locks, Paths, Ports } from '../../core/ports/host';
import type { IngressClasses } from '../../core/ports/ingressClasses';
import type { Installs } from '../../core/ports/installs';
import type { MachineLoad } from '../../core/ports/machineLoad';
import type { NetworkPolicies } from '../../core/ports/networkPolicies';
import type { RepositoryFiles } from '../../core/ports/repositoryFiles';
import type { Releases } from '../../core/ports/releases';
import type { Setups } from '../../core/ports/setups';
import type { Spares } from '../../core/ports/spares';
import type { TemporalNamespaces } from '../../core/ports/temporalNamespaces';
import type { Usages } from '../../core/ports/usages';
import type { UsedServices } from '../../core/ports/usedServices';
import type { UsedTemplates } from '../../core/ports/usedTemplates';
import type { Workloads } from '../../core/ports/workloads';
import type { WorktreeFiles } from '../../core/ports/worktreeFiles';
import type { Identities, Worktrees } from '../../core/ports/worktrees';
import type { Settings } from '../../core/settings';
import type { SupplyPorts } from '../images/podSupply';
import type { InfraReader } from '../infra/recordedInfra';

/** What a create, and the parts that it makes, need of the outside. */
export interface CreatePorts extends Pick<SupplyPorts, 'images' | 'nodes' | 'thisMachine' | 'localClusters'> {
  readonly worktrees: Worktrees;
  /** That of the request's folder, by which the cluster was chosen just now; undefined: it is asked for. */
  readonly foundRepository?: Repository | undefined;
  readonly identities: Identities;
  /** With `programs`; undefined: no worktrees are kept ready. */
  readonly spares?: Spares | undefined;
  readonly programs?: FolderPrograms | undefined;
  readonly setups: Setups;
  readonly installs: Installs;
  readonly worktreeFiles: WorktreeFiles;
  /** Globs of ignored files that the editor copies into worktrees of its own making. */
  readonly includeFiles: () => readonly string[];
  readonly environmentFiles: EnvironmentFiles;
  readonly dependencies: DependencyFolders;
  readonly cluster: Cluster;
  /** The same answer each time: whose databases are used was decided by it. */
  readonly infra: InfraReader;
  readonly releases: Releases;
  readonly workloads: Workloads;
  readonly databases: Databases;
  readonly tables: DatabaseTables;
  readonly files: Pick<RepositoryFiles, 'list' | 'read'>;
  readonly locks: Locks;
  readonly commands: Commands;
  readonly ports: Ports;
  readonly uses: UsedServices;
  readonly usedTemplates: UsedTemplates;
  readonly temporal: TemporalNamespaces;
  readonly machineLoad: MachineLoad;
  readonly usages: Usages;
  /** Whether the cluster gives a volume to who names no class of them. */
  readonly hasVolumes: (signal: AbortSignal) => Promise<boolean>;
  readonly paths: Paths;
  readonly clock: Clock;
  readonly ingressClasses: IngressClasses;
  /** None: the cluster is the embedded one, which enforces nothing and says so. */
  readonly networkPolicies?: NetworkPolicies | undefined;
  readonly sha256: (text: string) => string;
  /** Another one each time: 12 hex digits. */
  readonly newId: () => string;
  readonly settings: () => Settings;
  /** What services of this machine get of the environment of who calls (`core/variables/callerVariables`). May hold secrets. */
  readonly callerVariables: Readonly<Record<string, string>>;
}
