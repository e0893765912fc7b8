/** Gives each distinct text a number, so that texts in thousands of cases are stored once. */
export class Texts {
  readonly list: string[] = []
  readonly #numbers = new Map<string, number>()

  of(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.list.length)
    return this.list.push(text) - 1
  }
}
