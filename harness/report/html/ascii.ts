/**
 * What is not ASCII, written in ASCII as each language of a page has it: a browser then keeps the whole page in one byte a letter, and
 * reads its megabytes in a fraction of the time. What stands in a script element must be ASCII before it comes to `asciiMarkup`.
 */
export function asciiMarkup(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, (found) => `&#${found.codePointAt(0)};`)
}

/** Of JSON, and of a program whose letters stand in its texts only. */
export function asciiScript(json: string): string {
  return json.replace(/[^\0-\x7f]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function asciiStyle(sheet: string): string {
  return sheet.replace(/[^\0-\x7f]/gu, (found) => `\\${found.codePointAt(0)?.toString(16)} `)
}
