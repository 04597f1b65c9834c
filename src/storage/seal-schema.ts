/** The database of one user's keys, apart from the log so that deleting it alone makes a sealed log unreadable. */
export function keyDatabaseName(user: string): string {
  return `attune-key/${user}`;
}

/** Name of the value that a sealed log has: which keys it is sealed with, and whether everything in it is. */
export const SEAL_VALUE = 'seal';
