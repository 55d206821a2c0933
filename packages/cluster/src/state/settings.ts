import { readFile } from 'node:fs/promises';
import { readOwnRecord } from '@coppice/host/migrateRecord';
import { isRecord, numberAt } from '../schema/kubeObject';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { settingsRecord } from './stateRecords';

const SAVE_AFTER_MS = 100;

/** The ports of this cluster, remembered so that addresses stay the same across restarts. */
export class Settings {
  apiPort: number | undefined;
  gatewayPort: number | undefined;
  /** The first port that was wished for when `gatewayPort` was taken. */
  gatewayPortFrom: number | undefined;
  /** By `<namespace>/<service>/<port>`. */
  readonly servicePorts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly file: string,
    private readonly log: (message: string) => void,
  ) {}

  /** Settings that cannot be read are forgotten. @throws when a newer Coppice wrote them: they would soon be written over */
  static async load(file: string, log: (message: string) => void): Promise<Settings> {
    const settings = new Settings(file, log);
    // None at the first start; of a file that somebody broke new ports will do.
    const text = await readFile(file, 'utf8').catch(() => '');
    const value = readOwnRecord(settingsRecord, text, file);
    if (value) {
      settings.apiPort = numberAt(value, 'apiPort');
      settings.gatewayPort = numberAt(value, 'gatewayPort');
      settings.gatewayPortFrom = numberAt(value, 'gatewayPortFrom');
      const ports = isRecord(value) && isRecord(value['servicePorts']) ? value['servicePorts'] : {};
      for (const [key, port] of Object.entries(ports))
        if (typeof port === 'number') settings.servicePorts.set(key, port);
    }
    return settings;
  }

  readonly changed = (): void => {
    this.timer ??= setTimeout(() => void this.save(), SAVE_AFTER_MS);
  };

  /** Never rejects. */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { apiPort, gatewayPort, gatewayPortFrom, servicePorts } = this;
    const ports = { apiPort, gatewayPort, gatewayPortFrom, servicePorts: Object.fromEntries(servicePorts) };
    const text = JSON.stringify({ version: settingsRecord.version, ...ports });
    await writeFileAtomically(this.file, text).catch((error: unknown) =>
      this.log(`cannot save settings: ${String(error)}`),
    );
  }
}
