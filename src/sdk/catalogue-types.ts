/** Items with their rows, ranked without encoding any again: see docs/catalogue.md. */
export interface Catalogue<T> {
  /** How many items it holds. */
  readonly size: number;
  /** The model whose rows they are; '' while there is none. Under another one the catalogue is off, and says so. */
  readonly modelVersion: string;
  /** Items by id, as they were stored; unknown ids are left out. */
  get(ids: readonly string[]): Promise<readonly T[]>;
  /** Adds items, or puts them in the place of those with the same ids. They must be plain JSON data. */
  add(items: readonly T[], options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Takes items out, and resolves with how many were there. */
  remove(ids: readonly string[]): Promise<number>;
  /** Embeds every item anew by the model in use, whose catalogue it then is. */
  reembed(options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** How to open a catalogue. */
export interface CatalogueOptions {
  /** Under which name it is kept, for a page that has several. Default 'default'. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}
