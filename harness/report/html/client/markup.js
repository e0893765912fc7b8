const ENTITIES = /** @type {Readonly<Record<string, string>>} */ ({
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
})

/** Text that is markup already: only `markup` makes it. */
export class Markup {
  /** @param {string} text */
  constructor(text) {
    this.text = text
  }

  toString() {
    return this.text
  }
}

/**
 * A tagged template for HTML and SVG: every value is escaped, but for other markup and lists of it; `false` and undefined are
 * nothing.
 * @param {TemplateStringsArray} strings
 * @param {...unknown} values
 */
export function markup(strings, ...values) {
  let text = strings[0] ?? ''
  for (let i = 0; i < values.length; i++) text += partOf(values[i]) + (strings[i + 1] ?? '')
  return new Markup(text)
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function partOf(value) {
  if (value === undefined || value === false) return ''
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(partOf).join('')
  return String(value).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '')
}

/**
 * A name that may break after each `/`.
 * @param {string} name
 */
export function breakable(name) {
  return name.split('/').map((part, index) => (index === 0 ? markup`${part}` : markup`/<wbr>${part}`))
}
