import { AttuneInspector } from './elements/inspector.js';
import { AttuneSliders } from './elements/sliders.js';

export { AttuneInspector, AttuneSliders };
export type { SliderMessages, SliderVoice } from './elements/slider-words.js';
export type { SliderMove } from './elements/slider-moves.js';
export type { Fact, InspectorMessages, InspectorSection } from './elements/inspector/messages.js';

/** Makes `<attune-sliders>` and `<attune-inspector>` known to a page. Safe to call twice; does nothing on a server. */
export function defineElements(registry: CustomElementRegistry | undefined = globalThis.customElements): void {
  if (registry?.get('attune-sliders') === undefined) registry?.define('attune-sliders', AttuneSliders);
  if (registry?.get('attune-inspector') === undefined) registry?.define('attune-inspector', AttuneInspector);
}

declare global {
  interface HTMLElementTagNameMap {
    'attune-sliders': AttuneSliders;
    'attune-inspector': AttuneInspector;
  }
}
