// npm run examples: serves the repository's folder, with the build in it, on this machine alone.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const root = join(import.meta.dirname, '..');
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url, 'http://localhost').pathname);
  const isPublic = path.startsWith('/examples/') || path.startsWith('/dist/');
  const file = join(root, path.endsWith('/') ? `${path}index.html` : path);
  if (isPublic && existsSync(file) && statSync(file).isFile()) {
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  } else response.writeHead(404).end();
});
server.listen(Number(process.env.PORT ?? 4173), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/examples/`);
});
