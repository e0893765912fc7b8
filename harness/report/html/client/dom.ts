import type { Markup } from './markup.ts'

/** An element of the page, which the report itself wrote. */
export function the(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`The page lacks #${id}.`)
  return element
}

/** Draws markup, whose every value was escaped, in place of what an element held. */
export function draw(id: string, drawn: Markup): void {
  the(id).innerHTML = drawn.text
}

/** The element round what an event happened at that fits a selector. */
export function around(event: Event, selector: string): HTMLElement | undefined {
  const target = event.target
  return target instanceof Element ? (target.closest<HTMLElement>(selector) ?? undefined) : undefined
}

/** Puts a text into the clipboard; false where the browser lets no page do so. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = document.createElement('textarea')
    field.value = text
    document.body.append(field)
    field.select()
    const done = document.execCommand('copy')
    field.remove()
    return done
  }
}
