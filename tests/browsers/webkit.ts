import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { findWebKit } from './find.mjs';

/**
 * WebKitGTK over WebDriver, on a screen of its own. One session a driver process, so each of these has both. Under
 * automation it keeps nothing on disk: its storage is that of a private session, shared by the session's windows.
 */
export interface WebKit {
  readonly version: string;
  /** Opens one more window, and names it. */
  open(): Promise<string>;
  /** Loads `url` in the window; resolves when it is loaded. */
  goto(window: string, url: string): Promise<void>;
  /** What the expression is, or resolves to, in the window, by way of JSON; rejects with what it throws. */
  evaluate<T>(window: string, expression: string): Promise<T>;
  /** Closes the window, and the browser with its last one. */
  shut(window: string): Promise<void>;
  /** Ends the browser as it stands. */
  close(): void;
}

type Send = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<T>;

/** Starts WebKit, with these arguments to its browser. Rejects when it is not here. */
export async function startWebKit(args: readonly string[] = []): Promise<WebKit> {
  const found = findWebKit();
  if (found === undefined) throw new Error('WebKit is not here: install webkit2gtk-driver and xvfb');
  const screen = spawn(found.screen, ['-displayfd', '3', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const port = await freePort();
  const [display] = (await once(screen.stdio[3] as Readable, 'data', { signal: AbortSignal.timeout(10_000) })) as [
    Buffer,
  ];
  const driver = spawn(found.driver, [`--port=${port}`], {
    detached: true, // in a group with its browser, to end both at once
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: `:${String(display).trim()}`, WEBKIT_DISABLE_COMPOSITING_MODE: '1' },
  });
  const end = (): void => {
    process.off('exit', end);
    if ((driver.exitCode ?? driver.signalCode) === null) process.kill(-driver.pid!, 'SIGKILL');
    screen.kill();
  };
  process.once('exit', end);

  const send = sender(`http://127.0.0.1:${port}`);
  while (driver.exitCode === null && !(await send('GET', '/status').catch(() => false))) await sleep(50);
  const { sessionId, capabilities } = await send<{ sessionId: string; capabilities: { browserVersion: string } }>(
    'POST',
    '/session',
    {
      capabilities: {
        alwaysMatch: {
          browserName: 'MiniBrowser',
          timeouts: { script: 120_000 },
          'webkitgtk:browserOptions': { binary: found.browser, args: ['--automation', ...args] },
        },
      },
    },
  );
  const windows = await windowsOf(sender(`http://127.0.0.1:${port}/session/${sessionId}`));
  return { version: capabilities.browserVersion, ...windows, close: end };
}

/** The windows of one session. */
async function windowsOf(send: Send): Promise<Omit<WebKit, 'version' | 'close'>> {
  const handles = await send<string[]>('GET', '/window/handles');
  let isFirst = true;
  let turn: Promise<unknown> = Promise.resolve();

  /** A session has one current window, so its commands take turns. */
  function inWindow<T>(window: string, command: () => Promise<T>): Promise<T> {
    const result = turn.then(async () => {
      await send('POST', '/window', { handle: window });
      return command();
    });
    turn = result.catch(() => undefined);
    return result;
  }
  const run = <T>(window: string, how: 'sync' | 'async', script: string): Promise<T> =>
    inWindow(window, () => send('POST', `/execute/${how}`, { script, args: [] }));

  return {
    async open() {
      const [any] = handles;
      if (any === undefined) throw new Error('WebKit ended with its last window');
      if (isFirst) {
        isFirst = false; // it begins with one
        return any;
      }
      const { handle } = await inWindow(any, () => send<{ handle: string }>('POST', '/window/new', { type: 'window' }));
      handles.push(handle);
      return handle;
    },
    goto: (window, url) => inWindow(window, () => send('POST', '/url', { url })),
    async evaluate(window, expression) {
      // Begun in one command and waited for in another, so that windows can be busy at the same time.
      const n = await run<number>(
        window,
        'sync',
        `return (window.begun ??= []).push(Promise.resolve(${expression})) - 1`,
      );
      const json = await run<string>(
        window,
        'async',
        `const done = arguments[0];
        begun[${n}].then((value) => done(JSON.stringify({ value })), (error) => done(JSON.stringify({ error: String(error) })))`,
      );
      const { value, error } = JSON.parse(json) as { value: never; error?: string };
      if (error !== undefined) throw new Error(`${expression}: ${error}`);
      return value;
    },
    async shut(window) {
      handles.splice(handles.indexOf(window), 1);
      await inWindow(window, () => send('DELETE', '/window'));
    },
  };
}

/** Sends WebDriver commands below `base`; rejects with the error they answer with. */
function sender(base: string): Send {
  return async (method, path, body) => {
    const response = await fetch(base + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(`WebDriver ${path}: ${JSON.stringify(value)}`);
    return value as never;
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
