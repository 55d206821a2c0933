import { arrange, element, setAttribute } from './element';
import type { Frame } from './protocol';

/** Panels of Grafana, each in a frame of its own that stays where it is: a frame that is moved or made anew loads again. */
export class Frames {
  readonly element = element('div', { class: 'grid' });
  readonly #panels = new Map<Frame['panel'], { section: HTMLElement; frame: HTMLIFrameElement }>();
  #frames: readonly Frame[] = [];
  #isPaused = false;

  show(frames: readonly Frame[]): void {
    this.#frames = frames;
    this.#render();
  }

  /** Frames ask Grafana for as long as they are loaded; paused they are empty. */
  pause(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.#render();
  }

  reload(): void {
    for (const { panel, url } of this.#frames) {
      const known = this.#panels.get(panel);
      if (known && !this.#isPaused) known.frame.src = url;
    }
  }

  #render(): void {
    arrange(
      this.element,
      this.#frames.map(({ panel, title, url }) => {
        const known = this.#panels.get(panel) ?? make(panel, title);
        this.#panels.set(panel, known);
        setAttribute(known.frame, 'src', this.#isPaused ? 'about:blank' : url);
        return known.section;
      }),
    );
    const present = new Set(this.#frames.map(({ panel }) => panel));
    for (const panel of this.#panels.keys()) if (!present.has(panel)) this.#panels.delete(panel);
  }
}

function make(panel: string, title: string): { section: HTMLElement; frame: HTMLIFrameElement } {
  const heading = element('h2', { text: title, attributes: { id: `frame-${panel}` } });
  const frame = element('iframe', {
    attributes: {
      title: `${title} in Grafana`,
      // What Grafana needs to run and to keep its login; it may not navigate the editor.
      sandbox: 'allow-scripts allow-same-origin allow-forms allow-popups',
      referrerpolicy: 'no-referrer',
    },
  });
  const isWide = panel === 'logs' || panel === 'traces';
  const section = element('section', {
    class: isWide ? 'panel framed wide' : 'panel framed',
    attributes: { 'aria-labelledby': heading.id, 'data-panel': panel },
    children: [heading, frame],
  });
  return { section, frame };
}
