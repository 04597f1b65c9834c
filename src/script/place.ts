/**
 * Puts items, which are children of the list, in the order given into the places that items have in it; all other children
 * stay where they are. Moves as few elements as that takes, each with the blank text before it: inline blocks are as far
 * apart as they were.
 */
export function placeItems(list: Element, items: readonly Element[]): void {
  const now = [...list.children];
  const isItem = new Set(items);
  let next = 0;
  const wanted = now.map((each) => (isItem.has(each) ? items[next++]! : each));
  const places = new Map(wanted.map((each, i) => [each, i]));
  const [from, to] = [partsOf(now, isItem), partsOf(wanted, isItem)];
  const staying = longestRun(
    now.filter((each) => from.get(each) === to.get(each)),
    places,
  );
  const first = now[0];
  const isBare = first !== undefined && blankBefore(first) === undefined;
  let last: Element | undefined;
  for (const each of wanted) {
    if (!staying.has(each)) {
      const unit = [blankBefore(each), each].filter((node) => node !== undefined);
      if (last === undefined) list.prepend(...unit);
      else last.after(...unit);
    }
    last = each;
  }
  const blank = isBare && first !== wanted[0] && blankBefore(wanted[0]!);
  if (blank) first.before(blank);
}

/** How many children that are no items stand before each: an item that goes past one can't stay. */
function partsOf(order: readonly Element[], isItem: ReadonlySet<Element>): Map<Element, number> {
  let others = 0;
  return new Map(order.map((each) => [each, isItem.has(each) ? others : others++]));
}

function blankBefore({ previousSibling: node }: Element): Text | undefined {
  return node instanceof Text && node.data.trim() === '' ? node : undefined;
}

/** The most elements whose places grow in the order given (patience sorting). O(n log n). */
function longestRun(order: readonly Element[], places: ReadonlyMap<Element, number>): Set<Element> {
  const placeOf = (each: Element): number => places.get(each)!;
  const ends: Element[] = [];
  const before = new Map<Element, Element | undefined>();
  for (const each of order) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (placeOf(ends[middle]!) < placeOf(each)) low = middle + 1;
      else high = middle;
    }
    before.set(each, ends[low - 1]);
    ends[low] = each;
  }
  const run = new Set<Element>();
  for (let each = ends.at(-1); each !== undefined; each = before.get(each)) run.add(each);
  return run;
}
