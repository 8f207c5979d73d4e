/** What a provider remembers of one kind. Bounded: the oldest goes first; `created` counts all there ever were. */
export class Collection<T> {
  readonly #items = new Map<string, T>();
  readonly #limit: number;
  created = 0;

  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  add(id: string, item: T): T {
    this.created += 1;
    this.#items.set(id, item);
    for (const oldest of this.#items.keys()) {
      if (this.#items.size <= this.#limit) break;
      this.#items.delete(oldest);
    }
    return item;
  }

  get(id: string): T | undefined {
    return this.#items.get(id);
  }

  delete(id: string): void {
    this.#items.delete(id);
  }

  /** Oldest first. */
  values(): T[] {
    return [...this.#items.values()];
  }

  clear(): void {
    this.#items.clear();
    this.created = 0;
  }
}
