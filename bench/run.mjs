// Bundles bench/NAME.ts as it would be shipped and runs it in Node: `node bench/run.mjs scan`.
import { build } from 'vite';

const [name] = process.argv.slice(2);
const { output } = await build({
  configFile: false,
  logLevel: 'error',
  publicDir: false,
  ssr: { noExternal: true },
  build: { ssr: `bench/${name}.ts`, write: false, minify: true, target: 'es2022' },
});
await import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
