const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
}

/** What XML 1.0 cannot hold, not even as a reference: control characters but tab and line ends, lone surrogates, two non-characters; and what hides text. */
const IMPOSSIBLE = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Text for an attribute or an element: `]]>` cannot come about, and what XML cannot hold becomes its code point, `\u{1b}`. */
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
