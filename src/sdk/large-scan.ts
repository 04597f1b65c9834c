import type { Scanned } from '../core/search.js';
import type { Compute, RemoteRows } from '../compute/client.js';
import { createHeldRows, type HeldRows, type RowsSource, type SlotQuery } from '../compute/held-rows.js';
import { AttuneError } from '../errors.js';

/** The scan of a catalogue whose rows the page does not hold: in the compute Worker, or else here. */
export interface LargeScan {
  /** Brings the rows where they are scanned. Rejects as `scan` does. */
  ready(): Promise<void>;
  /** Tells that a row was written, which the source now knows as well. */
  write(slot: number, row: Float32Array): void;
  /** What a scan leaves; undefined when rows were written meanwhile. Rejects with AttuneError `model/corrupt` or `closed`, or with `signal.reason`. */
  scan(query: SlotQuery, signal: AbortSignal | undefined): Promise<Scanned | undefined>;
  /** Gives the rows' memory back. */
  drop(): void;
}

/**
 * @param compute  undefined where no Worker is wanted
 * @param onRefused told, at most once, that no Worker does it any more
 */
export function createLargeScan(
  source: RowsSource,
  compute: Compute | undefined,
  onRefused: (error: AttuneError) => void,
): LargeScan {
  let remote: RemoteRows | undefined = compute?.rows(source);
  let local: Promise<HeldRows> | undefined;
  let held: HeldRows | undefined;

  async function fillHere(): Promise<HeldRows> {
    const rows = createHeldRows(source.shape);
    await source.fill(!rows.isCoded, rows.add);
    for (const [slot, row] of source.written()) rows.write(slot, row);
    return (held = rows);
  }

  /** On the page: once the rows are here they stay. */
  async function here(): Promise<HeldRows> {
    local ??= fillHere();
    try {
      return await local;
    } catch (error) {
      local = undefined;
      throw error;
    }
  }

  /** By the Worker as long as there is one. */
  async function either<T>(
    there: (rows: RemoteRows) => Promise<T>,
    onPage: (rows: HeldRows) => T | Promise<T>,
  ): Promise<T> {
    if (remote !== undefined) {
      try {
        return await there(remote);
      } catch (error) {
        if (!(error instanceof AttuneError) || !error.code.startsWith('compute/')) throw error;
        if (remote !== undefined) onRefused(error);
        remote = undefined;
      }
    }
    return onPage(await here());
  }

  return {
    ready: () =>
      either(
        (rows) => rows.ready(),
        () => undefined,
      ),
    write(slot, row) {
      remote?.write(slot, row);
      held?.write(slot, row);
    },
    scan: (query, signal) =>
      either(
        (rows) => rows.scan(query, signal),
        (rows) =>
          rows.scan(query, async () => {
            await new Promise((resolve) => setTimeout(resolve, 0));
            signal?.throwIfAborted();
          }),
      ),
    drop() {
      remote?.drop();
      held = undefined;
      local = undefined;
    },
  };
}
