/** What an element is made with: text is text, whatever it looks like. */
export interface ElementParts {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly Node[];
}

/** The only way in which the page makes elements: nothing is ever read as markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  parts?: ElementParts,
): HTMLElementTagNameMap[Tag];
export function element(tag: string, parts?: ElementParts): HTMLElement;
export function element(tag: string, { class: name, text, attributes, children }: ElementParts = {}): HTMLElement {
  const made = document.createElement(tag);
  if (name !== undefined) made.className = name;
  for (const [attribute, value] of Object.entries(attributes ?? {})) made.setAttribute(attribute, value);
  if (text !== undefined) made.textContent = text;
  made.append(...(children ?? []));
  return made;
}

/** Writes only what differs: an element that is told the same again keeps its focus, its selection and its place. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(of: Element, name: string, value: string | undefined): void {
  if (value === undefined) of.removeAttribute(name);
  else if (of.getAttribute(name) !== value) of.setAttribute(name, value);
}

/** Brings these nodes into this order with as few moves as may be; others go. A frame that is moved would load anew. */
export function arrange(parent: Element, nodes: readonly Node[]): void {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    const present = parent.childNodes[index] ?? null;
    if (present !== node) parent.insertBefore(node, present);
  });
}
