/** Where cards stand: pure arithmetic, so that a drag never has to read layout. Lengths are CSS pixels. */
export interface Grid {
  readonly columns: number;
  readonly cardWidth: number;
}

/** Fixed, as `--card-height` and `--gap` in tokens.css. */
const CARD_HEIGHT = 292;
const GAP = 16;

/** Narrowest card that holds its five actions. Judgement. */
const MIN_CARD_WIDTH = 288;
const MAX_COLUMNS = 4;

/** As many columns as fit in `width`. */
export function gridFor(width: number): Grid {
  const columns = Math.max(1, Math.min(MAX_COLUMNS, Math.floor((width + GAP) / (MIN_CARD_WIDTH + GAP))));
  return { columns, cardWidth: Math.floor((width - GAP * (columns - 1)) / columns) };
}

/** Top left corner of the card at `index`. */
export function place(grid: Grid, index: number): { readonly x: number; readonly y: number } {
  return {
    x: (index % grid.columns) * (grid.cardWidth + GAP),
    y: Math.floor(index / grid.columns) * (CARD_HEIGHT + GAP),
  };
}

/** Height of the whole list. */
export function gridHeight(grid: Grid, count: number): number {
  return Math.max(0, Math.ceil(count / grid.columns) * (CARD_HEIGHT + GAP) - GAP);
}

/** Indices `[first, end)` of the cards that touch the band from `top` to `bottom`. */
export function visibleRange(grid: Grid, count: number, top: number, bottom: number): readonly [number, number] {
  const row = CARD_HEIGHT + GAP;
  const first = Math.max(0, Math.floor(top / row)) * grid.columns;
  const end = Math.max(0, Math.ceil(bottom / row)) * grid.columns;
  return [Math.min(first, count), Math.min(end, count)];
}

/** Whether a card at `y` touches the band from `top` to `bottom`. */
export function touches(y: number, top: number, bottom: number): boolean {
  return y + CARD_HEIGHT > top && y < bottom;
}

/** `y` for a card on its way out: just beyond the band, so that it glides instead of vanishing. */
export function beyond(y: number, top: number, bottom: number): number {
  return Math.min(Math.max(y, top - CARD_HEIGHT - GAP), bottom + GAP);
}
