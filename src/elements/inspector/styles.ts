export const INSPECTOR_STYLE = `
.frame {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
}
.title {
  font-size: 1.375em;
  line-height: 1.2;
  margin-bottom: 4px;
}
.section {
  border-block-end: 1px solid var(--_line);
}
summary {
  min-height: 44px;
  padding-block: 10px;
  cursor: pointer;
}
summary h3 {
  display: inline;
  font-size: 1.0625em;
}
h4 {
  margin: 0;
  font-size: 1em;
}
.body, .record, figure {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  justify-items: start;
  gap: 12px;
}
.body {
  padding-block: 4px 20px;
}
.body > *, .record > * {
  max-width: 100%;
}
.list, .facts, .record, table {
  width: 100%;
}
.list, .addresses {
  list-style: none;
}
.list li {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: 6px 12px;
  padding-block: 6px;
  border-block-end: 1px solid var(--_line);
}
.list li:last-child {
  border: 0;
}
.what {
  flex: 1 1 12rem;
  min-width: 0;
  overflow-wrap: anywhere;
}
.what .note {
  display: block;
  font-size: var(--_small);
}
.buttons {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
}
button, select, input:not([type='radio']) {
  min-height: 44px;
  padding: 6px 14px;
  border: 1px solid var(--_edge);
  border-radius: var(--_radius);
  background: none;
  color: inherit;
  font: inherit;
}
select {
  background: var(--_surface);
}
button {
  cursor: pointer;
}
button:hover {
  border-color: currentColor;
}
button[aria-pressed='true'], .primary {
  border-color: var(--_device);
  background: var(--_device);
  color: var(--_surface);
}
.danger {
  border-color: var(--_own);
  color: var(--_own);
}
.facts {
  display: grid;
  grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
  gap: 6px 20px;
}
.facts dt {
  color: var(--_muted);
}
.facts dd {
  text-align: end;
  overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums;
}
.addresses {
  font-size: var(--_small);
  overflow-wrap: anywhere;
}
fieldset {
  display: flex;
  flex-wrap: wrap;
  gap: 0 20px;
  border: 0;
}
legend {
  padding: 0;
  font-weight: 600;
}
fieldset label {
  display: flex;
  align-items: center;
  gap: 10px;
  min-height: 44px;
  cursor: pointer;
}
input[type='radio'] {
  width: 20px;
  height: 20px;
  margin: 0;
  accent-color: var(--_own);
}
dialog {
  width: min(30rem, calc(100vw - 32px));
  padding: 24px;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_surface);
  color: CanvasText;
}
dialog[open] {
  display: grid;
  gap: 14px;
}
dialog::backdrop {
  background: rgb(14 19 17 / 45%);
}
.plot {
  width: 100%;
  max-width: 360px;
  height: auto;
}
.plot text {
  fill: currentColor;
  stroke: none;
  font-size: 11px;
}
.plot line {
  stroke-width: 1;
}
.grid {
  stroke: var(--_line);
}
.ideal {
  stroke: var(--_edge);
  stroke-dasharray: 5 5;
}
.interval {
  stroke: var(--_device);
}
.dot {
  fill: var(--_device);
  stroke: none;
}
table {
  border-collapse: collapse;
  font-size: var(--_small);
  font-variant-numeric: tabular-nums;
}
th, td {
  padding: 5px 8px 5px 0;
  border-bottom: 1px solid var(--_line);
  text-align: start;
  font-weight: 400;
}
.status {
  position: sticky;
  bottom: 8px;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 12px;
  padding: 6px 14px;
  border: 1px solid var(--_edge);
  border-radius: var(--_radius);
  background: var(--_surface);
  color: CanvasText;
}
.status:empty {
  padding: 0;
  border: 0;
}
@media (forced-colors: active) {
  button[aria-pressed='true'], .primary {
    border-color: Highlight;
    background: Highlight;
    color: HighlightText;
    forced-color-adjust: none;
  }
}
`;
