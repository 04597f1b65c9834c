import type { AttuneOptions, FeatureName } from 'attune';

export interface Item {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}
export const options: AttuneOptions<Item>;
export const items: readonly Item[];
export const acts: readonly { readonly kind: string; readonly about: Item | string; readonly at: number }[];
export const features: readonly { readonly name: FeatureName; readonly label: string }[];
