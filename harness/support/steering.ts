/** C0 and C1 controls, DEL, bidirectional overrides and lone surrogates: what could steer a terminal or hide text. */
const STEERING = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu
/** The same but for what parts lines and columns of a text of ours; written out, as a text with many lines is read five times as fast. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const STEERING_LINES = /[\0-\x08\x0b-\x1f\x7f-\x9f\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Text for one line of a terminal: what steers terminals is shown as its code point, `\u{1b}`. */
export function plainLine(text: string): string {
  return text.replace(STEERING, codePoint)
}

/** The same of several lines, whose ends stay, as tabs do. */
export function plainLines(text: string): string {
  return text.replace(STEERING_LINES, codePoint)
}

/** A value as JSON that a terminal can be shown: what would steer it stands as escapes, and is read back as it was. */
export function plainJson(value: unknown, indent?: number): string {
  return escapedJson(JSON.stringify(value, null, indent))
}

/** The same of what is JSON already. */
export function escapedJson(json: string): string {
  return json.replace(STEERING_LINES, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function codePoint(found: string): string {
  return `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`
}
