// Line differences of two texts, side by side, with a little of what is around them.

export interface Row {
  kind: 'same' | 'changed' | 'gap';
  left?: { number: number; text: string };
  right?: { number: number; text: string };
  /** For a gap: how many equal lines are not shown. */
  hidden?: number;
}

const CONTEXT = 3;

/** Beyond this product of lengths the middle is shown as replaced, which is never wrong, only longer. */
const MAX_PRODUCT = 4_000_000;

export function sideBySide(before: string, after: string): Row[] {
  const [left, right] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const pairs: [number | null, number | null][] = [];
  for (let index = 0; index < start; index += 1) pairs.push([index, index]);
  const middle = align(left.slice(start, left.length - end), right.slice(start, right.length - end));
  for (const [l, r] of middle) pairs.push([l === null ? null : l + start, r === null ? null : r + start]);
  for (let index = end; index > 0; index -= 1) pairs.push([left.length - index, right.length - index]);
  return fold(pairs.map(([l, r]) => row(left, right, l, r)));
}

function row(left: string[], right: string[], l: number | null, r: number | null): Row {
  return {
    kind: l !== null && r !== null && left[l] === right[r] ? 'same' : 'changed',
    left: l === null ? undefined : { number: l + 1, text: left[l] ?? '' },
    right: r === null ? undefined : { number: r + 1, text: right[r] ?? '' },
  };
}

/** The longest common subsequence; runs of removed and added lines stand beside each other. */
function align(left: string[], right: string[]): [number | null, number | null][] {
  if (left.length * right.length > MAX_PRODUCT) return beside(range(0, left.length), range(0, right.length));
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let l = left.length - 1; l >= 0; l -= 1) {
    for (let r = right.length - 1; r >= 0; r -= 1) {
      lengths[l * width + r] = left[l] === right[r]
        ? lengths[(l + 1) * width + r + 1]! + 1
        : Math.max(lengths[(l + 1) * width + r]!, lengths[l * width + r + 1]!);
    }
  }
  const pairs: [number | null, number | null][] = [];
  let [l, r, removed, added] = [0, 0, [] as number[], [] as number[]];
  const flush = () => {
    pairs.push(...beside(removed, added));
    [removed, added] = [[], []];
  };
  while (l < left.length || r < right.length) {
    if (l < left.length && r < right.length && left[l] === right[r]) {
      flush();
      pairs.push([l, r]);
      [l, r] = [l + 1, r + 1];
    } else if (r >= right.length || (l < left.length && lengths[(l + 1) * width + r]! >= lengths[l * width + r + 1]!)) {
      removed.push(l);
      l += 1;
    } else {
      added.push(r);
      r += 1;
    }
  }
  flush();
  return pairs;
}

function beside(removed: number[], added: number[]): [number | null, number | null][] {
  return range(0, Math.max(removed.length, added.length)).map((index) => [removed[index] ?? null, added[index] ?? null]);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Long runs of equal lines become a gap. */
function fold(rows: Row[]): Row[] {
  const near = new Set<number>();
  rows.forEach((row, index) => {
    if (row.kind === 'changed') range(index - CONTEXT, index + CONTEXT + 1).forEach((line) => near.add(line));
  });
  const folded: Row[] = [];
  rows.forEach((row, index) => {
    const last = folded.at(-1);
    if (near.has(index)) folded.push(row);
    else if (last?.kind === 'gap') last.hidden = (last.hidden ?? 0) + 1;
    else folded.push({ kind: 'gap', hidden: 1 });
  });
  return folded;
}
