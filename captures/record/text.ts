/** `bytes` of numbered lines: the same each time, and easy to find one's place in. */
export function lines(bytes: number): string {
  let text = ''
  for (let number = 1; text.length < bytes; number++) {
    text += `${String(number).padStart(6, '0')} The quick brown fox jumps over the lazy dog.\n`
  }
  return text.slice(0, bytes)
}
