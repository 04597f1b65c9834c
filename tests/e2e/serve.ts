import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
};

/** A site under a strict policy: no inline script or style, no other origin, no eval, not even of WebAssembly. */
const STRICT_CSP = "default-src 'self'; script-src 'self'; style-src 'self'; base-uri 'none'; object-src 'none'";

/** A static server on loopback with the log of all it was asked for. */
export interface Site {
  readonly origin: string;
  /** Paths asked for, in order. */
  readonly requests: string[];
  /** Bytes of all request bodies so far. */
  readonly bodyBytes: number;
  /** Paths to answer otherwise: 404, or these bytes. */
  readonly overrides: Map<string, 404 | Buffer>;
  close(): Promise<void>;
}

/** Serves `folder` below `/`, with `extra` files by path, under the strict policy unless `headers` of a path name another. */
export async function serve(
  folder: string,
  extra: Readonly<Record<string, string>> = {},
  headers: (path: string) => Readonly<Record<string, string>> = () => ({}),
): Promise<Site> {
  const requests: string[] = [];
  const overrides = new Map<string, 404 | Buffer>();
  let bodyBytes = 0;
  const server = createServer((request: IncomingMessage, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    requests.push(path);
    request.on('data', (part: Buffer) => (bodyBytes += part.length));
    response.setHeader('content-security-policy', STRICT_CSP);
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('content-type', TYPES[extname(path) || '.html'] ?? 'application/octet-stream');
    for (const [name, value] of Object.entries(headers(path))) response.setHeader(name, value);
    const override = overrides.get(path);
    const file = join(folder, normalize(path.endsWith('/') ? `${path}index.html` : path));
    if (override instanceof Buffer) response.end(override);
    else if (path in extra) response.end(extra[path]);
    else if (override === 404 || !existsSync(file) || !statSync(file).isFile()) response.writeHead(404).end();
    else {
      response.setHeader('content-length', statSync(file).size);
      createReadStream(file).pipe(response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    get bodyBytes() {
      return bodyBytes;
    },
    overrides,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
