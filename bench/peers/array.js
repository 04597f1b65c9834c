/** The floor: what the harness itself costs. */
export function open() {
  const kept = [];
  return { track: (i) => void kept.push({ kind: 'view', item: `item-${i % 1000}`, at: Date.now() }), settle() {} };
}
