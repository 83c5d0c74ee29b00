/** One row of a benchmark: a name, and a value a column. */
export interface Row {
  readonly name: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** One benchmark's result. */
export interface Table {
  readonly title: string;
  /** The meaning of the figures, and the conditions under which they were taken. */
  readonly note: string;
  readonly rows: readonly Row[];
}

/** The table as text, columns aligned. */
export function formatTable({ title, note, rows }: Table): string {
  const columns = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const lines = [
    ['', ...columns],
    ...rows.map(({ name, values }) => [
      name,
      ...columns.map((column) => String(values[column] ?? '–')),
    ]),
  ];
  const widths = lines[0]?.map((_, index) =>
    Math.max(...lines.map((line) => line[index]?.length ?? 0)),
  );
  const body = lines.map((line) =>
    line
      .map((cell, index) =>
        index === 0 ? cell.padEnd(widths?.[0] ?? 0) : cell.padStart(widths?.[index] ?? 0),
      )
      .join('  '),
  );
  return `${title}\n${body.join('\n')}\n${note}\n`;
}

/** The middle value; of an even number the lower one, so that it is one that was measured. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('There is no median of nothing.');
  return middle;
}

/** How many times as much `value` is as `base`, with two decimals. */
export function ratio(value: number, base: number): string {
  return `${(value / base).toFixed(2)}×`;
}
