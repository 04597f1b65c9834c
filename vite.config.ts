import { cpSync, createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions, type Plugin, type UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import { installable } from './demo/offline-build.js';
import { chromiumArgs, findChromium, softwareGpuArgs } from './tests/chromium.mjs';

const root = import.meta.dirname;
const executablePath = findChromium();
const chromiumPath = executablePath === undefined ? {} : { executablePath };
const path = (...parts: string[]): string => resolve(root, ...parts);

/** The modules that are loaded at once with `file`, itself included. */
function loadedWith(file: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const imports = /^(?:import|export)\s(?!type)[^;]*?from\s*'(\.[^']+)'/gm;
  for (const [, to] of readFileSync(file, 'utf8').matchAll(imports)) {
    loadedWith(resolve(file, '..', to!.replace(/\.js$/, '.ts')), found);
  }
  return found;
}

/** The page's first modules, as one chunk: split among those they share with later ones they weigh a tenth more. */
const pageModules = loadedWith(path('src/index.ts'));

/** What a start with consent loads next, as one chunk, and what may be needed later, as another: each file costs a start a ms. */
const diskModules = loadedWithAll(
  ...['sdk/disk', 'storage/on-disk', 'storage/tabs', 'sdk/voice'],
  ...['sdk/snapshot', 'sdk/embed-events', 'sdk/item-texts'],
);
const laterModules = loadedWithAll('sdk/later');
/** A chunk of their own where both need them: who imports `attune/core` alone gets no more than that. */
const headlessModules = loadedWith(path('src/headless.ts'));

function loadedWithAll(...names: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const name of names) loadedWith(path(`src/${name}.ts`), found);
  return found;
}

/** What a Worker's file shares with what it loads later: WebKit runs a Worker's own file once more if that imports it. */
const workerModules = loadedWith(path('src/encoder/worker.ts'));
workerModules.delete(path('src/encoder/worker.ts'));
const computeWorker = path('src/compute/worker.ts');
const computeModules = loadedWith(computeWorker);
computeModules.delete(computeWorker);
const evaluationModules = loadedWith(path('src/lab/evaluation/hosted.ts'));
/** Before what evaluates, which may import of it: who trains on a page evaluates nothing. */
const trainingModules = loadedWith(path('src/compute/training.ts'));
/** After both: what they share with it comes with them. */
const sequenceModules = loadedWith(path('src/compute/sequence/host.ts'));

/** Marks of pure calls that the minifier leaves, which nobody needs once all is bundled: 52 bytes of the page's first code. */
function withoutPureMarks(): Plugin {
  return {
    name: 'attune:without-pure-marks',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        // the space stays after a word, as in `return/* … */ new`
        chunk.code = chunk.code.replaceAll(/(?<!\w)\/\* @__PURE__ \*\/ |\/\* @__PURE__ \*\//g, '');
      }
    },
  };
}

/** `npm run build` makes the package, `npm run build:demo` the demo; the tests have projects of their own below. */
const library: UserConfig = {
  build: {
    outDir: path('dist'),
    target: 'es2022',
    lib: {
      entry: {
        ...{ index: path('src/index.ts'), core: path('src/headless.ts') },
        ...{ script: path('src/script.ts'), lists: path('src/script/lists.ts') },
        ...{ elements: path('src/elements.ts'), 'define-elements': path('src/define-elements.ts') },
        react: path('src/react.ts'),
      },
      formats: ['es'],
    },
    rollupOptions: {
      external: ['react'],
      output: {
        chunkFileNames: 'assets/[name]-[hash:6].js', // each name is in the page's first code
        banner: ({ name }) => (name === 'react' ? "'use client';" : ''), // its hooks live in the browser
        minify: true,
        codeSplitting: {
          groups: [
            { name: 'page', test: (id) => pageModules.has(id), priority: 3 },
            { name: 'disk', test: (id) => diskModules.has(id) || id.includes('/node_modules/idb/'), priority: 2 },
            { name: 'headless', test: (id) => laterModules.has(id) && headlessModules.has(id), priority: 1 },
            { name: 'later', test: (id) => laterModules.has(id) },
          ],
        },
      },
    },
    reportCompressedSize: false,
  },
};

/** The lab by itself: sharing the page's modules it would load all of them, and have the page's first code export more. */
const lab: UserConfig = {
  build: {
    outDir: path('dist'),
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'es2022',
    lib: { entry: { lab: path('src/lab.ts') }, formats: ['es'] },
    rollupOptions: { output: { minify: true } },
    reportCompressedSize: false,
  },
};

/** Whole in one file: a service worker may not load code later. */
const serviceWorker: UserConfig = {
  publicDir: false,
  build: {
    outDir: path('dist'),
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: { 'service-worker': path('src/service-worker.ts') }, formats: ['es'] },
    rollupOptions: { output: { codeSplitting: false, minify: true } },
    reportCompressedSize: false,
  },
};

/** The command, whole in one file: sharing with the page would make the page's first code larger. */
const command: UserConfig = {
  publicDir: false,
  build: {
    outDir: path('dist'),
    emptyOutDir: false,
    target: 'node20',
    lib: { entry: { cli: path('src/cli.ts') }, formats: ['es'] },
    rollupOptions: { external: /^node:/, output: { codeSplitting: false, minify: true } },
    reportCompressedSize: false,
  },
};

/** All that the demo's start loads after its first code, as one file: 12 requests less, and 3 kB. */
const startModules = new Set([
  ...[...diskModules, ...laterModules],
  ...loadedWithAll('sdk/check-options', 'sdk/queue', 'encoder/client'),
]);

const demo: UserConfig = {
  root: path('demo'),
  publicDir: path('public'),
  build: {
    outDir: path('dist-demo'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      checks: { ineffectiveDynamicImport: false }, // what is asked for later may be here already
      output: {
        codeSplitting: {
          groups: [{ name: 'later', test: (id) => startModules.has(id) && !pageModules.has(id), priority: 1 }],
        },
      },
    },
  },
};

/** The demo's catalogue by columns: like beside like is 3 kB less over the wire, and it is one object a row again once read. */
function catalogueByColumns(): Plugin {
  return {
    name: 'attune:catalogue-by-columns',
    enforce: 'pre',
    load(id) {
      if (id !== path('demo/catalog.json')) return null;
      const rows = JSON.parse(readFileSync(id, 'utf8')) as Record<'id' | 'field' | 'title' | 'summary', string>[];
      const columns = Object.keys(rows[0]!).map((key) => [key, rows.map((row) => row[key as 'id'])]);
      const code = `const columns = ${JSON.stringify(columns)};
        export default columns[0][1].map((_, i) => Object.fromEntries(columns.map(([key, values]) => [key, values[i]])));`;
      return { code, moduleType: 'js' };
    },
  };
}

/** ONNX Runtime's files, which nothing bundles: served in development and tests, copied beside a build. */
function onnxRuntime(): Plugin {
  const from = path('node_modules/onnxruntime-web/dist');
  const files = ['', '.jspi', '.asyncify'].flatMap((build) =>
    ['mjs', 'wasm'].map((ending) => `ort-wasm-simd-threaded${build}.${ending}`),
  );
  let outDir = '';
  return {
    name: 'attune:onnx-runtime',
    configResolved: (config) => void (outDir = resolve(config.root, config.build.outDir)),
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const file = files.find((name) => request.url?.split('?')[0]?.endsWith(`/runtime/${name}`));
        if (file === undefined) return next();
        response.setHeader('content-type', file.endsWith('.mjs') ? 'text/javascript' : 'application/wasm');
        response.setHeader('content-length', statSync(resolve(from, file)).size);
        createReadStream(resolve(from, file)).pipe(response);
      });
    },
    closeBundle() {
      if (!outDir || !existsSync(outDir)) return;
      for (const file of files) cpSync(resolve(from, file), resolve(outDir, 'runtime', file));
    },
  };
}

/** Bundlers find a Worker only by the literal `new Worker(new URL('…', import.meta.url))`, which Vite's own output is not. */
function literalWorkerUrl(): Plugin {
  const emitted =
    /new URL\(\s*\/\* @vite-ignore \*\/\s*new URL\([`"]([^`"]+)[`"],\s*import\.meta\.url\)\.href,\s*[`"']{2}\s*\+\s*import\.meta\.url\)/g;
  return {
    name: 'attune:literal-worker-url',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk') chunk.code = chunk.code.replace(emitted, 'new URL("./$1",import.meta.url)');
      }
    },
  };
}

/** ONNX Runtime names itself as a file beside it, which it no more is: bundlers would look for that. It is this one. */
function ownRuntimeUrl(): Plugin {
  const beside = /new URL\(new URL\([`"']ort[^)]*import\.meta\.url\)\.href,\s*\w+\)\.href/g;
  return {
    name: 'attune:own-runtime-url',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk') chunk.code = chunk.code.replace(beside, 'import.meta.url');
      }
    },
  };
}

export default defineConfig(({ mode }) => ({
  base: './',
  publicDir: path('public'),
  ...({ demo, lab, command, 'service-worker': serviceWorker }[mode] ?? library),
  resolve: {
    alias: {
      'attune/core': path('src/headless.ts'),
      'attune/lab': path('src/lab.ts'),
      'attune/elements': path('src/elements.ts'),
      'attune/react': path('src/react.ts'),
      attune: path('src/index.ts'),
    },
    conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
  },
  optimizeDeps: {
    include: ['comlink', 'idb', 'papaparse', '@huggingface/tokenizers'],
    exclude: ['onnxruntime-web', '@huggingface/transformers'],
  },
  worker: {
    format: 'es' as const,
    plugins: () => [ownRuntimeUrl()],
    rollupOptions: {
      output: {
        entryFileNames: ({ facadeModuleId }) =>
          facadeModuleId === computeWorker ? 'assets/compute-worker.js' : 'assets/encoder-worker.js',
        chunkFileNames: ({ name }) => `assets/${name.startsWith('compute-') ? '' : 'encoder-'}[name]-[hash].js`,
        codeSplitting: {
          groups: [
            {
              name: (_, context) => (context.getModuleInfo(computeWorker) === null ? 'shared' : null),
              debugName: 'shared',
              test: (id: string) => workerModules.has(id),
            },
            {
              name: (_, context) => (context.getModuleInfo(computeWorker) === null ? null : 'compute-shared'),
              debugName: 'compute-shared',
              test: (id: string) => computeModules.has(id),
            },
            {
              name: (_, context) => (context.getModuleInfo(computeWorker) === null ? null : 'compute-training'),
              debugName: 'compute-training',
              test: (id: string) => trainingModules.has(id),
            },
            {
              name: (_, context) => (context.getModuleInfo(computeWorker) === null ? null : 'compute-evaluation'),
              debugName: 'compute-evaluation',
              test: (id: string) => evaluationModules.has(id),
            },
            {
              name: (_, context) => (context.getModuleInfo(computeWorker) === null ? null : 'compute-sequence'),
              debugName: 'compute-sequence',
              test: (id: string) => sequenceModules.has(id),
            },
          ],
        },
      },
    },
  },
  plugins:
    mode === 'command'
      ? []
      : [
          ...(mode === 'lab' || mode === 'service-worker' ? [] : [onnxRuntime()]),
          ...(mode === 'demo'
            ? [catalogueByColumns(), installable(path('demo'), path('public'))]
            : [literalWorkerUrl(), withoutPureMarks()]),
        ],
  test: {
    maxWorkers: 2, // else one fewer than there are cores
    env: { SOAK: process.env['SOAK'] ?? '1' }, // for those that run in a browser
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          testTimeout: 60_000 * Number(process.env['SOAK'] ?? 1),
          pool: 'threads',
          isolate: false,
          setupFiles: ['tests/settled-imports.ts'],
          include: ['tests/{unit,properties,contract}/**/*.test.ts', 'tests/*.test.ts'],
          environment: 'node',
        },
      },
      {
        extends: true,
        test: { name: 'semantic', include: ['tests/semantic/**/*.test.ts'], environment: 'node', testTimeout: 60_000 },
      },
      {
        extends: true,
        resolve: { alias: [] },
        test: { name: 'package', include: ['tests/package/**/*.test.ts'], environment: 'node', testTimeout: 120_000 },
      },
      {
        extends: true,
        optimizeDeps: { include: ['react', 'react-dom/client', 'react-dom/server'] },
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { ...chromiumPath, args: [...chromiumArgs, ...softwareGpuArgs] } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
}));
