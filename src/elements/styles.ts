const made = new Map<string, CSSStyleSheet>();

/** Styles a shadow root by constructed sheets, which no policy of the page's (`style-src`) forbids. One sheet a text. */
export function style(root: ShadowRoot, ...texts: readonly string[]): void {
  root.adoptedStyleSheets = texts.map((text) => {
    const sheet = made.get(text) ?? new CSSStyleSheet();
    if (!made.has(text)) sheet.replaceSync(text);
    made.set(text, sheet);
    return sheet;
  });
}

/**
 * What the elements share. Text has the page's own colour and font; lines are made of that colour, and two accents follow the
 * page's `color-scheme`: one for what the device worked out, one for what the person said.
 */
export const SHARED_STYLE = `
:host {
  display: block;
  --_own: var(--attune-own, #a8412a);
  --_device: var(--attune-device, #0f5f52);
  --_muted: var(--attune-muted, color-mix(in srgb, currentColor 78%, transparent));
  --_edge: var(--attune-edge, color-mix(in srgb, currentColor 60%, transparent));
  --_line: var(--attune-line, color-mix(in srgb, currentColor 18%, transparent));
  --_surface: var(--attune-surface, Canvas);
  --_radius: var(--attune-radius, 12px);
  --_small: 0.8125em;
}
@supports (color: light-dark(red, blue)) {
  :host {
    --_own: var(--attune-own, light-dark(#a8412a, #f29b7c));
    --_device: var(--attune-device, light-dark(#0f5f52, #74cdb7));
  }
}
:host([hidden]), [hidden] {
  display: none !important;
}
*, ::before, ::after {
  box-sizing: border-box;
}
:focus-visible {
  outline: 3px solid var(--_own);
  outline-offset: 2px;
}
p, ul, ol, dl, dd, figure, h3, fieldset {
  margin: 0;
  padding: 0;
}
svg {
  fill: none;
  stroke: currentColor;
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.note {
  color: var(--_muted);
}
`;

export const SLIDERS_STYLE = `
.legend {
  display: flex;
  flex-wrap: wrap;
  gap: 0 16px;
  color: var(--_muted);
  font-size: var(--_small);
}
.legend span {
  display: inline-flex;
  align-items: center;
  gap: 6px;
}
.legend span::before {
  content: '';
  width: 9px;
  height: 9px;
  background: var(--_device);
  transform: rotate(45deg);
}
.legend span + span::before {
  background: var(--_own);
  border-radius: 50%;
}
.rows {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr));
  gap: 4px 32px;
}
.row {
  display: grid;
  grid-template: auto 44px auto / minmax(0, 1fr) 44px;
  align-items: center;
  padding-block: 8px;
}
.head {
  grid-area: 1 / 1 / auto / -1;
  display: flex;
  align-items: baseline;
  justify-content: space-between;
  gap: 12px;
}
.head label {
  font-weight: 600;
  overflow-wrap: anywhere;
}
/* one line, whatever it says: a drag moves nothing below it */
.value {
  min-width: 0;
  overflow: hidden;
  color: var(--_muted);
  font-size: var(--_small);
  white-space: nowrap;
  text-overflow: ellipsis;
}
.track {
  position: relative;
  height: 44px;
}
.poles {
  grid-column: 1;
  display: flex;
  justify-content: space-between;
  gap: 12px;
  margin-top: -6px;
  color: var(--_muted);
  font-size: var(--_small);
}
.poles span:last-child {
  text-align: end;
}
input {
  appearance: none;
  -webkit-appearance: none;
  display: block;
  width: 100%;
  height: 44px;
  margin: 0;
  background: transparent;
  color: inherit;
  touch-action: pan-y;
  cursor: grab;
}
input:active {
  cursor: grabbing;
}
input:disabled {
  cursor: default;
}
.row:has(input:disabled) {
  opacity: 0.6;
}
input::-webkit-slider-runnable-track {
  height: 6px;
  border-radius: 3px;
  background: var(--attune-track, var(--_line));
  box-shadow: inset 0 0 0 1px var(--_edge);
}
input::-moz-range-track {
  height: 6px;
  border-radius: 3px;
  background: var(--attune-track, var(--_line));
  box-shadow: inset 0 0 0 1px var(--_edge);
}
input::-webkit-slider-thumb {
  -webkit-appearance: none;
  width: 24px;
  height: 24px;
  margin-top: -9px;
  border-radius: 50%;
  border: 3px solid var(--_edge);
  background: var(--_surface);
}
input::-moz-range-thumb {
  width: 24px;
  height: 24px;
  border-radius: 50%;
  border: 3px solid var(--_edge);
  background: var(--_surface);
}
[data-voice='own'] input::-webkit-slider-thumb {
  border-color: var(--_own);
  background: var(--_own);
}
[data-voice='own'] input::-moz-range-thumb {
  border-color: var(--_own);
  background: var(--_own);
}
.lane {
  position: absolute;
  inset: 0 12px;
  pointer-events: none;
}
.lane::after {
  content: '';
  position: absolute;
  inset-inline-start: calc(50% - 0.5px);
  top: 34px;
  width: 1px;
  height: 6px;
  background: var(--_edge);
}
.guess {
  position: absolute;
  inset-inline-start: calc(50% + 50% * var(--at, 0) - 5px);
  top: 1px;
  width: 10px;
  height: 10px;
  background: var(--_device);
  transform: rotate(45deg);
  transition: inset-inline-start 0.3s;
}
[data-voice='unknown'] .guess {
  visibility: hidden;
}
.back {
  width: 44px;
  height: 44px;
  padding: 12px;
  border: 0;
  border-radius: var(--_radius);
  background: none;
  color: var(--_own);
  cursor: pointer;
  visibility: hidden;
}
[data-voice='own'] .back {
  visibility: visible;
}
.back svg {
  display: block;
  width: 20px;
  height: 20px;
}
@media (prefers-reduced-motion: reduce) {
  .guess {
    transition: none;
  }
}
@media (forced-colors: active) {
  input {
    appearance: auto;
    -webkit-appearance: auto;
  }
  .guess, .legend span::before {
    background: Highlight;
    forced-color-adjust: none;
  }
  .back {
    color: ButtonText;
  }
}
`;
