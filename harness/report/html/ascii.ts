/**
 * Writes characters outside ASCII in ASCII, in the notation of each language in a page: a browser then stores the page with one byte for
 * each character, and reads its megabytes in a fraction of the time. The content of a script element must be ASCII before `asciiMarkup`.
 */
export function asciiMarkup(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, (found) => `&#${found.codePointAt(0)};`)
}

/** For JSON, and for a program with such characters only in its strings. */
export function asciiScript(json: string): string {
  return json.replace(/[^\0-\x7f]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function asciiStyle(sheet: string): string {
  return sheet.replace(/[^\0-\x7f]/gu, (found) => `\\${found.codePointAt(0)?.toString(16)} `)
}
