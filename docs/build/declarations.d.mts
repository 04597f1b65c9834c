/** What a name is declared as: its words, and its code in one line. */
export interface Declaration {
  readonly name: string;
  readonly kind: string;
  readonly doc: string;
  readonly code: readonly string[];
  readonly members: readonly {
    readonly name: string;
    readonly code: string;
    readonly type: string;
    readonly doc: string;
  }[];
}
export function declarationOf(file: string, name: string): Declaration | undefined;
export function exportedNames(file: string): string[];
export function firstSentence(doc: string): string;
