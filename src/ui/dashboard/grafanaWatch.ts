import { isAbort, toAppError } from '../../core/errors';
import { Emitter } from '../../core/event';
import type { Logger } from '../../core/ports/host';
import type { PanelSourceState } from '../../core/ports/panelSource';
import type { Product } from '../../app/product';
import type { TelemetryAddresses } from '../../app/telemetry/telemetryAddresses';

/** `grafana` undefined: there is none to ask. */
export interface GrafanaNow {
  readonly addresses: TelemetryAddresses;
  readonly grafana: PanelSourceState | undefined;
}

const none: TelemetryAddresses = { grafana: undefined, prometheus: undefined, loki: undefined, jaeger: undefined };
/** Milliseconds between two checks: soon again while something is wrong, so that panels come when Grafana does. */
const waits = { ready: 30_000, trouble: 5000, doubt: 1500 };

/** Whether Grafana can be framed, asked once for all dashboards and only while one of them is seen. */
export class GrafanaWatch {
  readonly #telemetry: Pick<Product['telemetry'], 'addresses' | 'checkGrafana'>;
  readonly #ancestors: readonly string[];
  readonly #log: Logger;
  readonly #changes: Emitter<GrafanaNow>;
  #watchers = 0;
  #current: GrafanaNow | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #checking: AbortController | undefined;
  #doubts = 0;

  /** @param ancestors origins of the pages around a frame */
  constructor(
    telemetry: Pick<Product['telemetry'], 'addresses' | 'checkGrafana'>,
    ancestors: readonly string[],
    log: Logger,
  ) {
    this.#telemetry = telemetry;
    this.#ancestors = ancestors;
    this.#log = log;
    this.#changes = new Emitter((error) => log.error('A listener of the Grafana watch failed.', error));
  }

  /** undefined before the first check is over. */
  get current(): GrafanaNow | undefined {
    return this.#current;
  }

  /** Looks until it is disposed; the listener hears every change. */
  watch(listener: (now: GrafanaNow) => void): { dispose(): void } {
    const subscription = this.#changes.event(listener);
    this.#watchers++;
    if (this.#watchers === 1) void this.checkNow();
    let isOver = false;
    return {
      dispose: () => {
        if (isOver) return;
        isOver = true;
        subscription.dispose();
        this.#watchers--;
        if (this.#watchers === 0) this.#stop();
      },
    };
  }

  /** Instead of at the end of the present wait; a check that is under way begins anew. Resolves when it is over; never rejects. */
  async checkNow(): Promise<void> {
    if (this.#watchers === 0) return;
    this.#stop();
    const checking = new AbortController();
    this.#checking = checking;
    const wait = await this.#check(checking.signal);
    if (this.#checking === checking) this.#timer = setTimeout(() => void this.checkNow(), wait);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#checking?.abort();
    this.#checking = undefined;
  }

  /** Never rejects. @returns when to check again, in milliseconds */
  async #check(signal: AbortSignal): Promise<number> {
    try {
      const addresses = await this.#telemetry.addresses(signal);
      const { grafana } = addresses;
      const state =
        grafana === undefined ? undefined : await this.#telemetry.checkGrafana(grafana, this.#ancestors, signal);
      if (signal.aborted) return waits.trouble;
      const wasReady = this.#current?.grafana?.state === 'ready' && this.#current.addresses.grafana === grafana;
      // Frames that stand are not taken away because one answer was late.
      if (wasReady && state?.state === 'away' && this.#doubts++ === 0) return waits.doubt;
      this.#doubts = 0;
      this.#tell({ addresses, grafana: state });
      return state === undefined || state.state === 'ready' ? waits.ready : waits.trouble;
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) {
        this.#log.warn(`Grafana could not be looked for: ${toAppError(error).message}`);
        if (!this.#current) this.#tell({ addresses: none, grafana: undefined });
      }
      return waits.trouble;
    }
  }

  #tell(now: GrafanaNow): void {
    if (JSON.stringify(now) === JSON.stringify(this.#current)) return;
    this.#current = now;
    this.#changes.fire(now);
  }
}
