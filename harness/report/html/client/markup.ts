const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that is markup already: only `markup` makes it. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/**
 * A tagged template for HTML and SVG: every value is escaped, but for other markup and lists of it; `false` and undefined are
 * nothing.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  let text = strings[0] ?? ''
  for (let i = 0; i < values.length; i++) text += partOf(values[i]) + (strings[i + 1] ?? '')
  return new Markup(text)
}

function partOf(value: unknown): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(partOf).join('')
  return String(value).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '')
}

/** A name that may break after each `/`. */
export function breakable(name: string): readonly Markup[] {
  return name.split('/').map((part, index) => (index === 0 ? markup`${part}` : markup`/<wbr>${part}`))
}

/** A count with its thousands parted. */
export function figure(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
