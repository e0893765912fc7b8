/** C0 and C1 controls, DEL, bidirectional overrides and lone surrogates: what could steer a terminal or hide text. */
const STEERING = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu
/** The same except tabs and line ends; written out, because that is five times as fast for a text of many lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const STEERING_LINES = /[\0-\x08\x0b-\x1f\x7f-\x9f\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Text for one line of a terminal: what steers terminals is shown as its code point, `\u{1b}`. */
export function plainLine(text: string): string {
  return text.replace(STEERING, codePoint)
}

/** The same for several lines; line ends and tabs stay. */
export function plainLines(text: string): string {
  return text.replace(STEERING_LINES, codePoint)
}

/** A value as JSON that is safe for a terminal: steering characters are escaped, and read back unchanged. */
export function plainJson(value: unknown, indent?: number): string {
  return escapedJson(JSON.stringify(value, null, indent))
}

/** The same for text that is JSON already. */
export function escapedJson(json: string): string {
  return json.replace(STEERING_LINES, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function codePoint(found: string): string {
  return `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`
}
