export type InstallableTool = 'helm' | 'postgres';

/** Programs that install others, in the order in which they are asked for on each system: its own one first. */
const managers = {
  darwin: ['brew'],
  linux: ['apt-get', 'dnf', 'zypper', 'pacman', 'apk', 'snap', 'brew'],
  win32: ['winget'],
} as const;

type PackageManager = (typeof managers)[keyof typeof managers][number];

/** As a person types it. A manager that does not have the tool, or not a new enough one, is left out. */
const commands: Readonly<Record<InstallableTool, Partial<Readonly<Record<PackageManager, string>>>>> = {
  helm: {
    brew: 'brew install helm',
    dnf: 'sudo dnf install helm',
    zypper: 'sudo zypper install helm',
    pacman: 'sudo pacman -S helm',
    apk: 'sudo apk add helm',
    snap: 'sudo snap install helm --classic',
    winget: 'winget install --id Helm.Helm --exact',
  },
  postgres: {
    brew: 'brew install postgresql@18',
    'apt-get': 'sudo apt-get install postgresql',
    dnf: 'sudo dnf install postgresql-server',
    zypper: 'sudo zypper install postgresql-server',
    pacman: 'sudo pacman -S postgresql',
    apk: 'sudo apk add postgresql',
    winget: 'winget install --id PostgreSQL.PostgreSQL.18 --exact',
  },
};

/** Those that a system may have. @param system as `process.platform` says it */
export function packageManagersOf(system: string): readonly PackageManager[] {
  return Object.hasOwn(managers, system) ? managers[system as keyof typeof managers] : [];
}

/** @param present those that this machine has @returns undefined when none of them has the tool */
export function installationCommand(
  tool: InstallableTool,
  system: string,
  present: readonly string[],
): string | undefined {
  return firstCommand(commands[tool], system, present);
}

/** The command of the first manager that this machine has, and that has the tool. */
export function firstCommand(
  of: Readonly<Partial<Record<string, string>>>,
  system: string,
  present: readonly string[],
): string | undefined {
  const found = packageManagersOf(system).find((manager) => present.includes(manager) && of[manager] !== undefined);
  return found && of[found];
}

/** The systems that there is a package of Coppice for which brings these tools, as VS Code calls them. */
const packaged = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];

/** @returns undefined when there is none for this system */
export function packageWithTools(system: string, processor: string): string | undefined {
  const name = `${system}-${processor}`;
  return packaged.includes(name) ? name : undefined;
}
