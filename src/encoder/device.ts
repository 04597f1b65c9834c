/** Where a transformer computes. */
export type Device = 'wasm' | 'webgpu';

/** How numbers are kept in a model's file. */
export type Dtype = 'fp32' | 'fp16' | 'q8';

/** What is known of a GPU before it is used. */
export interface Gpu {
  /** Vendor, architecture and so on, as the browser tells. */
  readonly name: string;
  /** Drawn by the processor: slower than WebAssembly. */
  readonly isSoftware: boolean;
  readonly hasFp16: boolean;
}

/** The part of WebGPU that is used here. */
interface Adapter {
  readonly features: ReadonlySet<string>;
  readonly isFallbackAdapter?: boolean;
  readonly info?: Readonly<Record<'vendor' | 'architecture' | 'device' | 'description', string>> & {
    readonly isFallbackAdapter?: boolean;
  };
}

/** A GPU process that hangs must not keep the page waiting; one that only starts takes less. Judgement. */
const PROBE_MS = 3000;

/** The GPU that WebGPU would use, or undefined when there is none to be had. */
export async function probeGpu(): Promise<Gpu | undefined> {
  const { gpu } = (globalThis.navigator ?? {}) as { gpu?: { requestAdapter(): Promise<Adapter | null> } };
  if (gpu === undefined) return undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<null>((resolve) => (timer = setTimeout(resolve, PROBE_MS, null)));
  try {
    const adapter = await Promise.race([gpu.requestAdapter(), tooLong]);
    if (adapter === null) return undefined;
    const { vendor = '', architecture = '', device = '', description = '' } = adapter.info ?? {};
    return {
      name: [vendor, architecture, device, description].join('/'),
      isSoftware: (adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter) === true,
      hasFp16: adapter.features.has('shader-f16'),
    };
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
