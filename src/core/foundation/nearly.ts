/**
 * Whether `typed` may be meant for `name`: the same letters in another case or with other signs
 * between them, or, in a word that is long enough, one letter or two amiss.
 */
export function isNearly(name: string, typed: string): boolean {
  const [wanted, given] = [lettersOf(name), lettersOf(typed)];
  if (wanted === given) return true;
  return wanted.length > 6 && distance(wanted, given) <= 2;
}

function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[^a-z]/g, '');
}

/** How many letters have to be put in, taken out or changed to make one word of the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
