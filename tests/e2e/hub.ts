import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What goes wrong with a file. */
type Fault =
  | {
      readonly kind: 'cut';
      readonly afterBytes: number;
      readonly times: number;
      /** What the file is from the second request on; unchanged when undefined. */
      readonly changed?: Buffer;
    }
  | { readonly kind: 'status'; readonly status: number; readonly times: number }
  | { readonly kind: 'page' }
  | { readonly kind: 'bytes'; readonly bytes: Buffer };

/** A model hub on loopback, on an origin of its own: `/{id}/resolve/{revision}/{file}`, large files by a redirect. */
export interface Hub {
  readonly origin: string;
  /** Requests in order, as `path` or `path from BYTE`. */
  readonly requests: string[];
  /** Faults by path below the hub. */
  readonly faults: Map<string, Fault>;
  /** Whether it answers requests for a part of a file. */
  ranges: boolean;
  close(): Promise<void>;
}

/** Files from here on come from another path, as hubs send to their store. */
const LARGE_BYTES = 100_000;

/** What `main` stands for. */
export const COMMIT = 'c0ffee';

const HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, Content-Range, Content-Length, X-Repo-Commit',
  'cache-control': 'no-store',
  'content-type': 'application/octet-stream',
  'x-repo-commit': COMMIT,
};

/** Serves models below `folder`. */
export async function serveHub(folder: string): Promise<Hub> {
  const requests: string[] = [];
  const faults = new Map<string, Fault>();
  const used = new Map<string, number>();
  const hub = { requests, faults, ranges: true };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const name = path.replace(/^\/store/, '').replace(`/resolve/${COMMIT}/`, '/resolve/main/');
    const file = join(folder, name);
    const fault = faults.get(name);
    for (const [key, value] of Object.entries(HEADERS)) response.setHeader(key, value);
    if (fault === undefined && (!existsSync(file) || !statSync(file).isFile())) {
      response.writeHead(404).end();
      return;
    }
    const turn = (used.get(name) ?? 0) + 1;
    const replaced =
      fault?.kind === 'bytes' ? fault.bytes : fault?.kind === 'cut' && turn > 1 ? fault.changed : undefined;
    const bytes = replaced ?? readFileSync(file);
    if (bytes.length >= LARGE_BYTES && !path.startsWith('/store/')) {
      response.writeHead(302, { location: `/store${path}` }).end();
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    requests.push(from > 0 ? `${name} from ${from}` : name);
    used.set(name, turn);
    if (fault?.kind === 'page') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Log in</title>');
      return;
    }
    if (fault?.kind === 'status' && turn <= fault.times) {
      response.writeHead(fault.status).end();
      return;
    }
    const part = hub.ranges ? from : 0;
    if (part > bytes.length) {
      response.writeHead(416).end();
      return;
    }
    response.writeHead(part > 0 ? 206 : 200, {
      etag: `"${createHash('sha1').update(bytes).digest('hex')}"`,
      'content-length': bytes.length - part,
      ...(part > 0 && { 'content-range': `bytes ${part}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (fault?.kind !== 'cut' || turn > fault.times) response.end(bytes.subarray(part));
    else {
      response.write(bytes.subarray(part, Math.max(part, fault.afterBytes)));
      setTimeout(() => response.socket?.destroy(), 100); // what was sent has arrived by then
    }
  }

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(hub, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}
