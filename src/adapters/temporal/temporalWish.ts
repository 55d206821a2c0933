import { temporalFiles, type WantedTemporal } from '@coppice/cluster/contract';
import { isLoopback } from '@coppice/host/isLoopback';
import { isPortFree } from '@coppice/host/isPortFree';
import { parseRecord } from '@coppice/host/parseRecord';
import { writeFileAtomically } from '@coppice/host/writeFileAtomically';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors';

export interface TemporalPlace {
  readonly host: string;
  readonly port: number;
}

interface TemporalEnd {
  /** All that was written down of it. */
  readonly text: string;
  readonly reason: string;
}

/** Which server there is to be: what is written down for the cluster, which runs Coppice's own, and what the cluster says of it. */
export class TemporalWish {
  readonly #file: string;

  /** @param folder that of Temporal in COPPICE_HOME */
  constructor(private readonly folder: string) {
    this.#file = join(folder, temporalFiles.wanted);
  }

  async read(): Promise<WantedTemporal | undefined> {
    const text = await readFile(this.#file, 'utf8').catch(() => '');
    const { program, host, port, isOurs } = parseRecord(text) ?? {};
    if (typeof program !== 'string' || typeof host !== 'string' || typeof port !== 'number') return undefined;
    return { program, host, port, isOurs: isOurs === true };
  }

  async write(wanted: WantedTemporal): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFileAtomically(this.#file, JSON.stringify(wanted));
  }

  /**
   * Says which server there is to be.
   *
   * @returns whether it is Coppice's own
   * @throws failed where what was said before cannot be read: the server at the address may be Coppice's own, and is left as it is
   */
  async want({ host, port }: TemporalPlace, program: string): Promise<boolean> {
    const before = await this.read();
    if (!before && (await this.#isUnreadable()))
      throw new AppError('failed', `Which Temporal server there is to be cannot be read: ${this.#file}.`, {
        explanation:
          'A server of Coppice that runs is left running. Delete that file once "coppice cluster stop" has ended it: the next create says anew which is wanted.',
      });
    const listening = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1');
    const isSamePlace = before?.host === listening && before.port === port;
    const isOurs =
      isLoopback(host) && ((isSamePlace && before.isOurs) || (await isPortFree(port, { hosts: [listening] })));
    const wanted: WantedTemporal = { program, host: listening, port, isOurs };
    if (JSON.stringify(before) !== JSON.stringify(wanted)) await this.write(wanted);
    return isOurs;
  }

  async #isUnreadable(): Promise<boolean> {
    try {
      return (await readFile(this.#file, 'utf8')) !== '';
    } catch (error) {
      return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
    }
  }

  /** Coppice's own ended so when it ended last. undefined: it did not, or nobody has written it down. */
  async lastEnd(): Promise<TemporalEnd | undefined> {
    const text = await readFile(join(this.folder, temporalFiles.lastEnd), 'utf8').catch(() => '');
    const { reason } = parseRecord(text) ?? {};
    return typeof reason === 'string' ? { text, reason } : undefined;
  }

  /**
   * Why Coppice's own has ended since then: each end is another text, by whichever clock.
   *
   * @param before undefined: ever
   */
  async endSince(before: TemporalEnd | undefined): Promise<string | undefined> {
    const end = await this.lastEnd();
    return end && end.text !== before?.text ? end.reason : undefined;
  }
}

export function addressOf({ host, port }: TemporalPlace): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
