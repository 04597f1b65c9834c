/** Numbers and times in the page's language. */
export interface Formats {
  count(n: number): string;
  percent(share: number): string;
  decimal(x: number): string;
  time(at: number): string;
  date(at: number): string;
  bytes(size: number): string;
  list(words: readonly string[]): string;
}

export function formatsOf(locale: string): Formats {
  const number = (options: Intl.NumberFormatOptions): ((n: number) => string) =>
    new Intl.NumberFormat(locale, options).format;
  const [kilobytes, megabytes] = ['kilobyte', 'megabyte'].map((unit) =>
    number({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }),
  ) as [(n: number) => string, (n: number) => string];
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const list = new Intl.ListFormat(locale);
  return {
    count: number({}),
    percent: number({ style: 'percent', maximumFractionDigits: 0 }),
    decimal: number({ minimumFractionDigits: 3, maximumFractionDigits: 3 }),
    time: (at) => time.format(at),
    date: new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format,
    bytes: (size) => (size < 1e6 ? kilobytes(size / 1000) : megabytes(size / 1e6)),
    list: (words) => list.format(words),
  };
}
