import type { Attune, AttuneOptions } from './index.js';
import { createListTools } from './script/first-order.js';

/** What the script puts on the page (`globalThis as AttunePage`), and what it finds there. */
export interface AttunePage {
  /** Attune; until it is there, something whose every method waits for it and answers with a promise. */
  attune?: Partial<Attune<unknown>> & { readonly ready?: Promise<Attune<unknown>> };
  /** Functions of Attune, called in order as soon as it is there: for scripts that may run before this one. */
  attuneQueue?: { push(...tasks: Task[]): unknown };
  /** Options that are functions, such as `text`, and whatever else data attributes can't say. */
  attuneOptions?: AttuneOptions<unknown>;
}

type Task = (attune: Attune<unknown>) => unknown;

/**
 * The drop-in door: a classic script that loads the same modules as npm gives, from the folder it lies in, and takes the
 * options of `createAttune` from its data attributes: `<script src="/attune/script.js" data-consent="granted">`. It
 * never breaks the page: what fails is told on the console, and by the promise that asked.
 */
((page: AttunePage, { src, dataset }: HTMLScriptElement) => {
  if (page.attune?.ready !== undefined) return console.warn('Attune is on this page already; one script is enough.');
  const folder = new URL('.', src).href;
  const ready = load();
  page.attune = standIn(ready);
  const orderKey = rememberedUnder();
  const tools = createListTools(orderKey === undefined ? undefined : recall(orderKey));
  /** Inputs that were moved before the code is there that reads sliders. */
  const moved = new Set<EventTarget | null>();
  const note = ({ target }: Event): unknown => moved.add(target);
  document.addEventListener('input', note);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => void findLists());
  else void findLists();
  ready.then(
    (attune) => {
      page.attune = Object.assign(attune, { ready });
      const waiting = page.attuneQueue;
      const run = (...tasks: Task[]): void => tasks.forEach((task) => attempt(task, attune));
      page.attuneQueue = { push: run };
      if (Array.isArray(waiting)) run(...(waiting as Task[]));
    },
    (error: unknown) => console.error('Attune could not start.', error),
  );

  async function load(): Promise<Attune<unknown>> {
    const given = Object.entries(dataset).map(([name, text]) => [name, valueOf(name, text!)]);
    const { createAttune } = (await import(/* @vite-ignore */ `${folder}index.js`)) as typeof import('./index.js');
    return createAttune({ assetBase: folder, ...Object.fromEntries(given), ...page.attuneOptions });
  }

  /** Where the orders of lists lie that a visit leaves for the next: only with consent, in the clear, on this device (sdk/orders.ts). */
  function rememberedUnder(): string | undefined {
    const options = page.attuneOptions;
    const isSealed = options?.encrypt ?? (dataset['encrypt'] ?? 'false') !== 'false';
    const isDevice = (options?.privacy ?? dataset['privacy'] ?? 'device') === 'device';
    if (isSealed !== false || !isDevice || (options?.consent ?? dataset['consent']) !== 'granted') return undefined;
    return `attune-order/${options?.user ?? dataset['user'] ?? 'default'}`;
  }

  function recall(key: string): Record<string, string[]> {
    try {
      return (JSON.parse(localStorage.getItem(key) ?? '{}') ?? {}) as Record<string, string[]>;
    } catch {
      return {}; // no storage, or not ours
    }
  }

  /** What the page says of lists, items and sliders by attributes is read by code that comes where there are any. */
  async function findLists(): Promise<void> {
    const later = dataset['attuneLists'] === 'later';
    const isWanted = later || document.querySelector('[data-attune-list],[data-attune-item],[data-attune-slider]');
    try {
      if (!isWanted) return;
      const { startLists } = (await import(
        /* @vite-ignore */ `${folder}lists.js`
      )) as typeof import('./script/lists.js');
      const captures = dataset['attuneCapture'] !== undefined;
      startLists(ready, tools, { captures, remembers: orderKey !== undefined, later, moved });
    } catch (error) {
      console.error('Attune leaves the lists of this page as they are.', error);
    } finally {
      document.removeEventListener('input', note);
    }
  }

  /** Lists, maps, yes and no, and times are JSON; everything else is a text, also where it looks like a number. */
  function valueOf(name: string, text: string): unknown {
    if (!/^\s*[[{]|^(true|false)$/.test(text) && !/Ms$|^temperature$/.test(name)) return text;
    try {
      return JSON.parse(text);
    } catch {
      throw new TypeError(`data attribute of the option ${name}: not JSON: ${text.slice(0, 80)}`);
    }
  }

  function attempt(task: Task, attune: Attune<unknown>): void {
    try {
      task(attune);
    } catch (error) {
      console.error('A function in attuneQueue failed.', error);
    }
  }

  /** Methods of what is to come, by name; a failed one that nobody looks at is no unhandled rejection of the page's. */
  function standIn(coming: Promise<object>): object {
    return new Proxy(
      {},
      {
        get(_, name) {
          if (name === 'then') return undefined; // it is no promise itself
          if (name === 'ready') return ready;
          if (name === 'data') return standIn(ready.then(({ data }) => data));
          return (...given: unknown[]) => {
            const called = coming.then((found) =>
              (found as Record<PropertyKey, (...a: unknown[]) => unknown>)[name]!(...given),
            );
            called.catch(() => undefined);
            return called;
          };
        },
      },
    );
  }
})(globalThis as AttunePage, document.currentScript as HTMLScriptElement);
