const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
}

/**
 * Characters that XML 1.0 does not allow, not even as references: controls except tab and line ends, lone surrogates, two
 * non-characters; and characters that hide text.
 */
const IMPOSSIBLE = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Text for an attribute or an element: `]]>` cannot occur, and characters that XML does not allow become their code points, `\u{1b}`. */
export function xmlText(text: string): string {
  return text
    .replace(IMPOSSIBLE, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/[&<>"'\r]/g, (found) => ENTITIES[found] ?? '')
}

/** ` name="value" …` with a blank before each; undefined ones are left out. */
export function xmlAttributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${xmlText(String(value))}"`))
    .join('')
    .replace(/[\n\r\t]/g, (found) => `&#${found.charCodeAt(0)};`)
}
