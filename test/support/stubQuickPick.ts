import { EventEmitter } from './vscodeValues';

/** A quick pick that a test types into; like the editor's, it tells of what is typed before what is accepted. */
export class StubQuickPick<Item> {
  readonly #typed = new EventEmitter<string>();
  readonly #accepted = new EventEmitter<void>();
  readonly #hidden = new EventEmitter<void>();
  readonly #active = new EventEmitter<readonly Item[]>();
  readonly onDidChangeValue = this.#typed.event;
  readonly onDidAccept = this.#accepted.event;
  readonly onDidHide = this.#hidden.event;
  readonly onDidChangeActive = this.#active.event;
  readonly #pressed = new EventEmitter<unknown>();
  readonly onDidTriggerButton = this.#pressed.event;
  title = '';
  placeholder = '';
  prompt: string | undefined;
  value = '';
  busy = false;
  ignoreFocusOut = false;
  buttons: unknown[] = [];
  items: readonly Item[] = [];
  selectedItems: readonly Item[] = [];
  #activeItems: readonly Item[] = [];
  isShown = false;

  get activeItems(): readonly Item[] {
    return this.#activeItems;
  }
  set activeItems(items: readonly Item[]) {
    this.#activeItems = items;
    this.#active.fire(items);
  }
  type(text: string): void {
    this.value = text;
    this.#typed.fire(text);
  }
  /** @param item the row that the list shows as active, which may be one for an older text */
  accept(item: Item | undefined = this.activeItems[0]): void {
    this.selectedItems = item === undefined ? [] : [item];
    this.#accepted.fire();
  }
  /** The button of that name. */
  press(tooltip: string): void {
    this.#pressed.fire(this.buttons.find((button) => Reflect.get(Object(button), 'tooltip') === tooltip));
  }
  show(): void {
    this.isShown = true;
  }
  hide(): void {
    this.#hidden.fire();
  }
  dispose(): void {
    this.isShown = false;
  }
}
