import { createServer } from 'vite';

/** Loads modules of src and tests as they are, for scripts: no build needed. Close it when all they import is loaded. */
export async function openSources() {
  const server = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  return { load: (path) => server.ssrLoadModule(path), close: () => server.close() };
}
