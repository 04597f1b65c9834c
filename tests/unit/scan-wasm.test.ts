import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { inlineKernel } from '../../src/core/build-wasm.mjs';
import { compileKernel } from '../../src/core/scan-memory.js';

test('the inlined bytes are what the source builds', async () => {
  expect(readFileSync('src/core/scan-wasm.ts', 'utf8')).toBe(await inlineKernel());
});

test('the kernel compiles here, and is small enough to compile at once on a page', () => {
  expect(compileKernel()).toBeInstanceOf(WebAssembly.Module);
  expect(atob(readFileSync('src/core/scan-wasm.ts', 'utf8').match(/'(.+)'/)![1]!).length).toBeLessThan(4096);
});

test('there is no kernel where WebAssembly is missing, lacks SIMD, or may not compile', () => {
  const refusing = createContext({}, { codeGeneration: { wasm: false, strings: true } });
  const refused = runInContext('WebAssembly', refusing) as typeof WebAssembly;
  expect(refused.validate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))).toBe(true);
  expect(() => new refused.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))).toThrow('disallowed');
  expect(compileKernel(refused)).toBeNull();
  expect(compileKernel(null)).toBeNull();
  let tries = 0;
  const old = { validate: () => false, Module: () => tries++ };
  expect(compileKernel(old as unknown as typeof WebAssembly)).toBeNull();
  expect(tries).toBe(0);
});
