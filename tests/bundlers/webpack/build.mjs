// webpack by its API, as its command would run this configuration.
import { cpSync } from 'node:fs';
import { resolve } from 'node:path';
import webpack from 'webpack';

const [here, out] = [import.meta.dirname, resolve(import.meta.dirname, 'dist')];
const compiler = webpack({
  mode: 'production',
  context: here,
  entry: './main.js',
  performance: { hints: false }, // the transformer's runtime is large, and comes only when it is asked for
  output: { path: out, filename: 'main.js', clean: true },
});
const stats = await new Promise((done, failed) =>
  compiler.run((error, result) => (error ? failed(error) : done(result))),
);
console.log(stats.toString({ preset: 'errors-warnings' }));
for (const file of ['index.html', 'attune'])
  cpSync(resolve(here, 'public', file), resolve(out, file), { recursive: true });
process.exitCode = stats.hasErrors() || stats.hasWarnings() ? 1 : 0;
