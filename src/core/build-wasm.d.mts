/** The text of scan-wasm.ts, made of scan.wat. */
export function inlineKernel(): Promise<string>;
