import { element } from './element';
import type { LogLineView } from './logsProtocol';

export type Place = LogLineView['places'][number];

/** More of a line is shown where somebody asks for it. */
const shownText = 600;
/** Services are told apart by so many colours, besides their names. */
const colours = 6;

const two = (value: number, digits = 2): string => String(value).padStart(digits, '0');

/** A line of the log: when, whose, how bad, and what, with what leads to sources. */
export function logsRow(
  line: LogLineView,
  at: number,
  colour: number,
  onOpen: (place: Place, service: string) => void,
): HTMLElement {
  const { kind, service, level, text } = line;
  const time = element('span', { class: 'time', text: at === 0 ? '' : clock(at) });
  if (at !== 0) time.title = new Date(at).toISOString();
  const who = element('span', { class: `service c${colour % colours}`, text: service });
  who.title = `${service}: ${line.pod}`;
  const row = element('div', {
    class: `row ${kind} ${level}`,
    attributes: { role: 'listitem', tabindex: '-1' },
    children: [time, ' ', who, ' '].map((each) => (typeof each === 'string' ? document.createTextNode(each) : each)),
  });
  if (level !== 'info') row.append(element('span', { class: 'level', text: level }), ' ');
  const shown = element('span', { class: 'text' });
  const open = (place: Place): void => onOpen(place, service);
  fill(shown, line, shownText, open);
  row.append(shown);
  const rest = Math.max(0, text.length - shownText) + line.cut;
  if (line.fields.length > 0 || rest > 0) row.append(' ', fold(line, rest, shown, open));
  return row;
}

/** Says of which pod a line is, by the end of its name, which is what differs. */
export function tellPod(row: HTMLElement, { service, pod }: LogLineView): void {
  const who = row.querySelector('.service');
  if (who) who.textContent = `${service} ${pod.slice(pod.lastIndexOf('-') + 1)}`;
}

/** The button that shows the rest of a line, and hides it again. */
function fold(line: LogLineView, rest: number, shown: HTMLElement, open: (place: Place) => void): HTMLElement {
  const { fields, text, cut } = line;
  const label =
    fields.length > 0
      ? `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`
      : `${rest.toLocaleString()} more characters`;
  const button = element('button', {
    class: 'fold',
    text: label,
    attributes: { type: 'button', 'aria-expanded': 'false', tabindex: '-1' },
  });
  let details: HTMLElement | undefined;
  button.addEventListener('click', () => {
    const isOpen = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(isOpen));
    fill(shown, line, isOpen ? text.length : shownText, open);
    if (isOpen && cut > 0) shown.append(` … ${cut.toLocaleString()} more`);
    details?.remove();
    details = isOpen && fields.length > 0 ? list(fields) : undefined;
    if (details) button.after(details);
  });
  return button;
}

function list(fields: LogLineView['fields']): HTMLElement {
  return element('dl', {
    children: fields.flatMap(({ name, value }) => [element('dt', { text: name }), element('dd', { text: value })]),
  });
}

/** Writes a text's first characters, the places that it names as buttons. */
function fill(into: HTMLElement, { text, places }: LogLineView, limit: number, open: (place: Place) => void): void {
  const parts: (Node | string)[] = [];
  let end = 0;
  for (const place of places) {
    if (place.from < end || place.to > Math.min(limit, text.length)) continue;
    parts.push(text.slice(end, place.from));
    const button = element('button', {
      class: 'place',
      text: text.slice(place.from, place.to),
      attributes: { type: 'button', tabindex: '-1', title: 'Open in the editor' },
    });
    button.addEventListener('click', () => open(place));
    parts.push(button);
    end = place.to;
  }
  parts.push(text.slice(end, limit), text.length > limit ? '…' : '');
  into.replaceChildren(...parts.filter((part) => part !== ''));
}

/** With milliseconds: lines of several services are told apart by them. */
function clock(at: number): string {
  const date = new Date(at);
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((each) => two(each));
  return `${hours}:${minutes}:${seconds}.${two(date.getMilliseconds(), 3)}`;
}
