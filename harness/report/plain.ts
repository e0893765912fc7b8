/** C0 and C1 controls, DEL, bidirectional overrides and lone surrogates: what could steer a terminal or hide text. */
const STEERING = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Text for a terminal on one line: what steers terminals is shown as its code point, `\u{1b}`. */
export function plain(text: string): string {
  return text.replace(STEERING, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`)
}
