/**
 * Wraps every way a script can send something, here and now. Runs first in a page, or before a Worker's own code, so it
 * can refer to nothing outside itself. What it sees goes to the channel `instruments`, and in a page to `sent`.
 */
export function instrument(): void {
  const scope = globalThis as unknown as Record<string, (new (...given: unknown[]) => object) | undefined> & {
    sent?: string[];
  };
  const sent: string[] = (scope.sent = []);
  const channel = new BroadcastChannel('instruments');
  const note = (what: string): void => void sent.push(what);
  const noteAndTell = (what: string): void => {
    note(what);
    channel.postMessage(what);
  };
  channel.addEventListener('message', ({ data }: MessageEvent<string>) => note(data));
  globalThis.addEventListener('pagehide', () => channel.close());
  if ('sendBeacon' in navigator) {
    const sendBeacon = navigator.sendBeacon.bind(navigator);
    navigator.sendBeacon = (url, data) => {
      noteAndTell(`sendBeacon ${url}`);
      return sendBeacon(url, data);
    };
  }
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const { keepalive, method, url } = new Request(input, init);
    noteAndTell(`fetch ${keepalive ? 'keepalive ' : ''}${method} ${new URL(url).pathname}`);
    return fetch(input, init);
  };
  for (const name of ['XMLHttpRequest', 'WebSocket', 'EventSource', 'RTCPeerConnection', 'WebTransport', 'Image']) {
    const native = scope[name];
    if (native === undefined) continue;
    scope[name] = class extends native {
      constructor(...given: unknown[]) {
        noteAndTell(`${name} ${String(given[0])}`);
        super(...given);
      }
    };
  }
}
