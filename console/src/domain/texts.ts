// Moments and amounts, as people read them.

const MOMENT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export function moment(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : MOMENT.format(date);
}

export function plural(count: number, word: string, words = `${word}s`): string {
  return `${new Intl.NumberFormat('en').format(count)} ${count === 1 ? word : words}`;
}

/** `90` is `1 minute 30 seconds`. */
export function duration(seconds: number): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const [word, size] of [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]] as const) {
    const amount = Math.floor(rest / size);
    if (amount > 0) parts.push(plural(amount, word));
    rest -= amount * size;
  }
  return parts.slice(0, 2).join(' ') || '0 seconds';
}

export function bytes(count: number): string {
  if (count < 1000) return plural(count, 'byte');
  if (count < 1_000_000) return `${(count / 1000).toFixed(1)} kB`;
  return `${(count / 1_000_000).toFixed(1)} MB`;
}
