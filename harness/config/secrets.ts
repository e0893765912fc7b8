import { FlowbreakError } from '../support/errors.ts'

/** Values that are shorter are no secrets, and too likely to occur in what is no secret. */
const SHORTEST = 4

/** What `${NAME}` stood for, kept to be taken out of whatever is printed or written. */
export class Secrets {
  readonly #values = new Map<string, string>()

  /** A value with `${NAME}` replaced by the environment's in every text of it. `place`: where it is written. Throws ERR_CONFIG. */
  fill<T>(value: T, place: string): T {
    return mapText(value, (text) =>
      text.replace(/\$\{([A-Z_][A-Z0-9_]*)\}/g, (_, name: string) => {
        const found = process.env[name]
        if (found === undefined)
          throw new FlowbreakError(
            'ERR_CONFIG',
            `${place}: The environment has no ${name}: set it, or take it out.`,
          )
        if (found.length >= SHORTEST) this.#values.set(found, `\${${name}}`)
        return found
      }),
    )
  }

  /** Keeps what is secret and stands for nothing: `name` takes its place. */
  keep(value: string, name: string): void {
    if (value.length >= SHORTEST) this.#values.set(value, name)
  }

  /** All of them, with what takes their place. */
  get all(): readonly (readonly [value: string, name: string])[] {
    return [...this.#values]
  }

  /** The same value, with the names in the place of what they stood for. */
  hide<T>(value: T): T {
    return this.#values.size === 0 ? value : mapText(value, (text) => this.#hideText(text))
  }

  /** What was thrown, without secrets. */
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

/** A copy of plain data with every text changed; what holds no text is the same. */
function mapText<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T
  if (Array.isArray(value)) return value.map((item) => mapText(item, change)) as T
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapText(item, change)])) as T
}
