import type { Browser, Page } from '@playwright/test';

/** One thing that the page's main thread did, from a Chromium trace; times in µs. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string; readonly data?: { readonly type?: string } };
}

/** What one input event cost until the next one came. */
export interface InputCost {
  /** CPU in script, style and layout, ms. */
  readonly cpuMs: number;
  /** The same by the clock, ms. */
  readonly wallMs: number;
}

const CATEGORIES = ['-*', 'devtools.timeline', 'v8.execute', '__metadata'];
const SCRIPT = ['EventDispatch', 'FunctionCall', 'TimerFire', 'FireAnimationFrame', 'RunMicrotasks', 'EvaluateScript'];
/** Older Chromiums call the first of these `RecalculateStyles`. */
const STYLE_AND_LAYOUT = ['UpdateLayoutTree', 'RecalculateStyles', 'Layout'];

const isScript = ({ name }: TraceEvent): boolean => SCRIPT.includes(name);
const isInput = ({ name, args }: TraceEvent): boolean => name === 'EventDispatch' && args.data?.type === 'input';
const endOf = ({ ts, dur = 0 }: TraceEvent): number => ts + dur;

/**
 * Traces `act` and sums, for each `input` event but the last, script, style and layout of the page's main thread until the
 * next one: all of it, also what merely happens then.
 *
 * @returns `forced`: how often style or layout ran inside a script's task, because it asked for what only they can tell
 */
export async function traceInputs(
  browser: Browser,
  page: Page,
  act: () => Promise<void>,
): Promise<{ readonly costs: readonly InputCost[]; readonly forced: number }> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const events = onMainThread(traceEvents);
  return { costs: costsOf(outermost(events)), forced: countForced(events) };
}

/** Those of the thread that dispatched most `input` events, in order; an event that holds others comes before them. */
function onMainThread(events: readonly TraceEvent[]): TraceEvent[] {
  const input = events.find(isInput);
  if (input === undefined) throw new Error('The trace has no input event.');
  return events
    .filter(({ ph, pid, tid }) => ph === 'X' && pid === input.pid && tid === input.tid)
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
}

/** Events that count, each with all that happened inside it. */
function outermost(events: readonly TraceEvent[]): { readonly event: TraceEvent; readonly hasInput: boolean }[] {
  const counted = events.filter((event) => isScript(event) || STYLE_AND_LAYOUT.includes(event.name));
  const found: { event: TraceEvent; hasInput: boolean }[] = [];
  for (const event of counted) {
    const last = found.at(-1);
    if (last === undefined || event.ts >= endOf(last.event)) found.push({ event, hasInput: isInput(event) });
    else last.hasInput ||= isInput(event);
  }
  return found;
}

function costsOf(found: ReturnType<typeof outermost>): InputCost[] {
  const costs: { cpuMs: number; wallMs: number }[] = [];
  for (const { event, hasInput } of found) {
    if (hasInput) costs.push({ cpuMs: 0, wallMs: 0 });
    const cost = costs.at(-1);
    if (cost === undefined) continue;
    cost.cpuMs += (event.tdur ?? event.dur ?? 0) / 1000;
    cost.wallMs += (event.dur ?? 0) / 1000;
  }
  return costs.slice(0, -1);
}

function countForced(events: readonly TraceEvent[]): number {
  let scriptUntil = 0;
  let forced = 0;
  for (const event of events) {
    if (STYLE_AND_LAYOUT.includes(event.name) && event.ts < scriptUntil) forced++;
    if (isScript(event)) scriptUntil = Math.max(scriptUntil, endOf(event));
  }
  return forced;
}

/**
 * CPU of each task of the page's main thread while `act` goes on, ms, from the page's own `performance.mark(mark)`: by the
 * thread's clock, so that a busy machine makes none longer.
 */
export async function traceTasks(
  browser: Browser,
  page: Page,
  mark: string,
  act: () => Promise<void>,
): Promise<readonly number[]> {
  await browser.startTracing(page, { categories: ['-*', 'toplevel', 'blink.user_timing'] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const start = traceEvents.find(({ name }) => name === mark);
  if (start === undefined) throw new Error(`The trace has no ${mark}.`);
  return traceEvents
    .filter(({ ph, pid, tid, ts }) => ph === 'X' && pid === start.pid && tid === start.tid && ts > start.ts)
    .map(({ tdur = 0 }) => tdur / 1000);
}
