import { AppError } from '../../../src/core/errors';
import type { Clock } from '../../../src/core/ports/host';
import type { KeptTemplate, TemplateServer, UsedTemplates } from '../../../src/core/ports/usedTemplates';
import type { LocalProgram } from '../../../src/core/usedTool';

interface Kept {
  readonly files: Set<string>;
  isWhole: boolean;
  usedAt: number;
}

/** Templates in memory, each the names of its files. Servers run and end as they are to, unless a test says otherwise. */
export class FakeUsedTemplates implements UsedTemplates {
  canBeMade = true;
  programVersion = '1.2.3';
  /** Why servers do not end in order; undefined: they do. */
  unclean: string | undefined;
  readonly kept = new Map<string, Kept>();
  /** What was copied, by the folder that it came into. */
  readonly copies = new Map<string, { readonly id: string; readonly files: readonly string[] }>();
  readonly servers: TemplateServer[] = [];
  #uses = 0;

  constructor(private readonly clock: Clock = { now: () => 0 }) {}

  async version({ kind }: LocalProgram): Promise<string> {
    return `${kind} ${this.programVersion}`;
  }

  async has(id: string): Promise<boolean> {
    return this.kept.get(id)?.isWhole === true;
  }

  async make(
    id: string,
    server: TemplateServer,
    fill: (ports: Readonly<Record<string, number>>) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    this.servers.push(server);
    const made: Kept = { files: new Set(), isWhole: false, usedAt: this.clock.now() + this.#uses++ };
    this.kept.set(id, made);
    try {
      await fill(Object.fromEntries(server.ports.map((name, index) => [name, 40_000 + index])));
      if (this.unclean !== undefined) throw new AppError('failed', this.unclean);
    } catch (error) {
      this.kept.delete(id);
      throw error;
    }
    for (const name of server.template.own) made.files.delete(name);
    made.isWhole = true;
  }

  /** As the server does for its clients. */
  write(id: string, file: string): void {
    this.kept.get(id)?.files.add(file);
  }

  async copy(id: string, data: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const kept = this.kept.get(id);
    if (!kept?.isWhole) throw new Error(`there is no template ${id}`);
    kept.usedAt = this.clock.now() + this.#uses++;
    this.copies.set(data, { id, files: [...kept.files] });
  }

  async list(): Promise<readonly KeptTemplate[]> {
    return [...this.kept].map(([id, { usedAt }]) => ({ id, usedAt }));
  }

  async remove(id: string): Promise<void> {
    this.kept.delete(id);
  }
}
