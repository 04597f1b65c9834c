/** Entries of the package: name, source file, what it is for. */
export const ENTRIES: readonly (readonly [string, string, string])[];
/** The generated pages as they ought to be, by path. */
export function pages(): Promise<Readonly<Record<string, string>>>;
