export const chromiumArgs: string[];
export const softwareGpuArgs: string[];
export function findChromium(): string | undefined;
export function ensureChromium(): string;
