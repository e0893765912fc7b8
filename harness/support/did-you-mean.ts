/** ` Did you mean "reject"?` where one of the words is near enough, else nothing. */
export function didYouMean(text: string, words: Iterable<string>): string {
  let best = ''
  let least = Math.min(3, Math.floor(text.length / 2)) + 1
  for (const word of words) {
    const distance = editDistance(text.toLowerCase(), word.toLowerCase())
    if (distance < least) {
      least = distance
      best = word
    }
  }
  return best === '' ? '' : ` Did you mean "${best}"?`
}

/**
 * How many letters are to be put in, left out, changed, or exchanged with the next one (optimal string alignment); both texts are cut
 * at 64 characters.
 */
function editDistance(left: string, right: string): number {
  const a = left.slice(0, 64)
  const b = right.slice(0, 64)
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const exchange = isExchange ? (before[j - 2] ?? 0) + 1 : change
      next.push(Math.min(change, exchange, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
