/** The part of the browser that the page uses: typing it narrowly keeps the browser's globals out of everything else. */
export interface Page {
  readonly document: PageDocument
  readonly location: { hash: string }
  readonly history: { pushState(state: null, unused: string, url: string): void }
  addEventListener(type: string, listener: (event: PageEvent) => void): void
  requestAnimationFrame(callback: () => void): number
}

export interface PageDocument {
  readonly body: PageElement
  readonly documentElement: PageElement
  readonly activeElement: PageElement | null
  title: string
  getElementById(id: string): PageElement | null
  querySelector(selector: string): PageElement | null
  querySelectorAll(selector: string): Iterable<PageElement>
  addEventListener(type: string, listener: (event: PageEvent) => void): void
}

export interface PageElement {
  innerHTML: string
  textContent: string | null
  value: string
  checked: boolean
  hidden: boolean
  scrollTop: number
  readonly clientWidth: number
  readonly tagName: string
  readonly dataset: Readonly<Record<string, string | undefined>>
  readonly classList: { toggle(name: string, force: boolean): boolean }
  closest(selector: string): PageElement | null
  focus(options?: { preventScroll: boolean }): void
  scrollIntoView(options: { block: 'center' | 'nearest' | 'start' }): void
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  addEventListener(type: string, listener: (event: PageEvent) => void): void
}

export interface PageEvent {
  readonly target: PageElement | null
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  preventDefault(): void
}
