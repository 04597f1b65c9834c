import { readdirSync, readFileSync } from 'node:fs';
import type { Browser } from '@playwright/test';

/** The process of a browser's only page, read from /proc: Linux alone. */
export interface Renderer {
  /** CPU of all its threads so far, ms; that of threads which have ended is lost. */
  cpuMs(): number;
  /** Memory, MB, what is shared in proportion. */
  megabytes(): number;
}

/** Launch arguments under which a browser has no renderer but its page's. */
export const ONE_RENDERER = '--disable-features=SpareRendererForSitePerProcess';

export async function findRenderer(browser: Browser): Promise<Renderer> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as {
    processInfo: { type: string; id: number }[];
  };
  const pids = processInfo.flatMap(({ type, id }) => (type === 'renderer' && isPage(id) ? [id] : []));
  const sum = (of: (pid: number) => number): number => pids.reduce((all, pid) => all + of(pid), 0);
  return {
    cpuMs: () =>
      sum((pid) => {
        const threads = readdirSync(`/proc/${pid}/task`);
        return threads.reduce((all, thread) => all + nanoseconds(`/proc/${pid}/task/${thread}/schedstat`), 0) / 1e6;
      }),
    megabytes: () =>
      sum((pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1]) / 1024),
  };
}

/** Chromium draws parts of its own window with renderers, too, and ends them when it likes. */
function isPage(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--top-chrome-webui');
  } catch {
    return false;
  }
}

function nanoseconds(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]);
  } catch {
    return 0; // the thread has just ended
  }
}
