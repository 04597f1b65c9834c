import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Plugin, transformWithOxc } from 'vite';

/** What opening the demo without a network takes from `public/`. */
const MODEL = 'models/lite/lite.attune';
/** What is fetched when asked for, and then only: other encoders, and the model of invented people. */
const ON_REQUEST = /^assets\/(encoder-transformers-|invented-)/;
const ICONS = ['icon-192.png', 'icon-512.png', 'icon-mask.png'];

const MANIFEST = {
  name: 'Attune: a list that becomes yours',
  short_name: 'Attune',
  description:
    'A personalization demo that runs in your browser only: it learns on your device and sends nothing anywhere.',
  id: './',
  start_url: './',
  scope: './',
  display: 'standalone',
  background_color: '#f6f3ec',
  theme_color: '#0f5f52',
  icons: [
    { src: 'icons/icon.svg', type: 'image/svg+xml', sizes: 'any' },
    { src: 'icons/icon-192.png', type: 'image/png', sizes: '192x192' },
    { src: 'icons/icon-512.png', type: 'image/png', sizes: '512x512' },
    { src: 'icons/icon-mask.png', type: 'image/png', sizes: '512x512', purpose: 'maskable' },
  ],
};

/** Makes the built demo installable: its manifest, icons, and the service worker with the list of what it keeps. */
export function installable(demo: string, publicDir: string): Plugin {
  return {
    name: 'attune:installable',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'link', attrs: { rel: 'manifest', href: './manifest.webmanifest' }, injectTo: 'head' },
      { tag: 'link', attrs: { rel: 'apple-touch-icon', href: './icons/icon-192.png' }, injectTo: 'head' },
    ],
    generateBundle: {
      order: 'post', // index.html is among the files then
      async handler(_, bundle) {
        const add = (fileName: string, source: string | Uint8Array): void =>
          void this.emitFile({ type: 'asset', fileName, source });
        add('manifest.webmanifest', JSON.stringify(MANIFEST));
        add('icons/icon.svg', readFileSync(resolve(demo, 'icon.svg')));
        for (const name of ICONS) add(`icons/${name}`, readFileSync(resolve(demo, 'icons', name)));
        const files = Object.keys(bundle).filter((name) => !ON_REQUEST.test(name) && !name.startsWith('icons/'));
        const hash = createHash('sha256').update(readFileSync(resolve(publicDir, MODEL)));
        for (const name of files.sort()) {
          const file = bundle[name]!;
          hash.update(name).update(file.type === 'chunk' ? file.code : file.source);
        }
        const release = hash.digest('hex').slice(0, 12);
        const source = resolve(demo, 'offline-worker.ts');
        const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source);
        const given = `const RELEASE = '${release}', FILES = ${JSON.stringify([...files, MODEL])};\n`;
        add('offline-worker.js', given + code);
      },
    },
  };
}
