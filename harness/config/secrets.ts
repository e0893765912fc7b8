import { FlowbreakError } from '../support/errors.ts'

/** Shorter values are not secrets, and are too likely to occur by chance. */
const SHORTEST = 4

/** The values that `${NAME}` stood for, kept so that they can be removed from everything that is printed or written. */
export class Secrets {
  readonly #values = new Map<string, string>()

  /** A value with `${NAME}` replaced from the environment in all its texts. `place`: where it is written. Throws ERR_CONFIG. */
  fill<T>(value: T, place: string): T {
    return mapText(value, (text) =>
      text.replace(/\$\{([A-Z_][A-Z0-9_]*)\}/g, (_, name: string) => {
        const found = process.env[name]
        if (found === undefined)
          throw new FlowbreakError(
            'ERR_CONFIG',
            `${place}: The environment variable ${name} is not set: set it, or remove it here.`,
          )
        if (found.length >= SHORTEST) this.#values.set(found, `\${${name}}`)
        return found
      }),
    )
  }

  /** Adds a secret that is not from a placeholder; `name` is shown instead of it. */
  keep(value: string, name: string): void {
    if (value.length >= SHORTEST) this.#values.set(value, name)
  }

  /** All secrets, with their replacements. */
  get all(): readonly (readonly [value: string, name: string])[] {
    return [...this.#values]
  }

  /** The value with all secrets replaced by their names. */
  hide<T>(value: T): T {
    return this.#values.size === 0 ? value : mapText(value, (text) => this.#hideText(text))
  }

  /** The error without secrets. */
  hideError(thrown: unknown): unknown {
    if (this.#values.size === 0 || !(thrown instanceof Error)) return thrown
    thrown.message = this.#hideText(thrown.message)
    if (thrown.stack !== undefined) thrown.stack = this.#hideText(thrown.stack)
    return thrown
  }

  #hideText(text: string): string {
    let hidden = text
    for (const [value, name] of this.#values) hidden = hidden.replaceAll(value, name)
    return hidden
  }
}

/** A copy of plain data with every text changed; a value without text is returned itself. */
function mapText<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T
  if (Array.isArray(value)) return value.map((item) => mapText(item, change)) as T
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapText(item, change)])) as T
}
