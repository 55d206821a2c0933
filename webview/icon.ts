const svg = 'http://www.w3.org/2000/svg';

/** Drawn in sixteen units each way, with the colour of the text beside it. */
const shapes = {
  logs: 'M2 3.5h12M2 6.5h9M2 9.5h12M2 12.5h7',
  window: 'M2.5 3.5h11v9h-11zM2.5 6.5h11',
} as const;

export function icon(name: keyof typeof shapes): SVGElement {
  const made = document.createElementNS(svg, 'svg');
  made.setAttribute('viewBox', '0 0 16 16');
  made.setAttribute('class', 'icon');
  made.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg, 'path');
  path.setAttribute('d', shapes[name]);
  made.append(path);
  return made;
}
