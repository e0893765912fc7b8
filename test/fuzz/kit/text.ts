import type { Random } from './random.ts'

/** What steers terminals, ends lines, begins markup, leaves folders, or is a word of the language that texts are read by. */
export const NASTY_TEXTS = [
  '\u001b[31m',
  '\u001b]0;taken\u0007',
  '\u009b2J',
  '\u0000',
  '\r',
  '\n',
  '\t',
  '\u202e',
  '\u2066',
  '\u2028',
  '\ud800',
  '\ufeff',
  '<script>',
  '"><img src=x onerror=alert(1)>',
  ']]>',
  '::error::',
  '../../../etc/passwd',
  '/etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  '$HOME',
  '{family}',
  '{policy}',
  '%s%n',
  '1e999',
  '-1',
  '9007199254740993',
  '0x10',
  'NaN',
  'null',
  '~',
  '*a',
  '&a',
  '!!binary',
  '!!set',
  '<<',
  "'",
  '"',
  '\\',
  '|',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  ';',
  '(',
  ')',
  '!',
  '#',
] as const

/** One to three things done to a text; `words` of its language are put in beside what is nasty in any. */
export function damageText(random: Random, whole: string, words: readonly string[]): string {
  let text = whole
  for (let times = 1 + random.below(3); times > 0; times--) text = damageOnce(random, text, words)
  return text
}

function damageOnce(random: Random, text: string, words: readonly string[]): string {
  const at = random.below(text.length + 1)
  const end = at + 1 + random.below(12)
  const piece = random.oneIn(2) && words.length > 0 ? random.pick(words) : random.pick(NASTY_TEXTS)
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(end)
    case 2:
      return text.slice(0, at) + piece + text.slice(end)
    case 3:
      return text.slice(0, at) + text.slice(at, end).repeat(1 + random.below(40)) + text.slice(end)
    case 4:
      return text.slice(0, at) + piece.repeat(1 + random.below(random.oneIn(50) ? 400 : 6)) + text.slice(at)
    case 5: {
      const from = random.below(text.length + 1)
      return text.slice(0, at) + text.slice(from, from + random.below(60)) + text.slice(at)
    }
    case 6:
      return (
        text.slice(0, at) +
        String.fromCharCode(random.below(random.oneIn(4) ? 0x1_0000 : 128)) +
        text.slice(at + 1)
      )
    default:
      return text.slice(0, at) + piece + text.slice(at)
  }
}

/** Shorter texts to try in the place of one that breaks something. */
export function* smallerText(text: string): Generator<string> {
  for (let size = text.length; size >= 1; size >>= 1)
    for (let at = 0; at < text.length; at += size) yield text.slice(0, at) + text.slice(at + size)
}
