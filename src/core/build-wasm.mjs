// Makes scan-wasm.ts of scan.wat: `npm run build:wasm`. tests/unit/scan-wasm.test.ts holds the two together.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import wabt from 'wabt';

const source = join(import.meta.dirname, 'scan.wat');
const target = join(import.meta.dirname, 'scan-wasm.ts');

/** The TypeScript file that inlines the kernel's bytes. */
export async function inlineKernel() {
  const module = (await wabt()).parseWat('scan.wat', readFileSync(source, 'utf8'), { simd: true });
  module.validate();
  const { buffer } = module.toBinary({});
  module.destroy();
  const text = Buffer.from(buffer).toString('base64');
  return `/** scan.wat, assembled to ${buffer.length} bytes, in base64. Made by \`npm run build:wasm\`; not to be edited. */
export const SCAN_WASM =
  '${text}';
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(target, await inlineKernel());
