import { pathToFileURL } from 'node:url'
import { type CDPSession, chromium } from 'playwright-core'
import { chromiumPath } from '../harness/report/fixtures/chromium.ts'

/** Milliseconds between two looks at a page. */
const LOOK = 20

/**
 * A Chromium that opens pages as a reader's does: without the record of all that was loaded which whoever drives a browser has it keep,
 * and which decodes a page of megabytes a second time before it goes on with it.
 */
export class PlainBrowser implements AsyncDisposable {
  readonly #browser: Awaited<ReturnType<typeof chromium.launch>>
  readonly #session: CDPSession

  private constructor(browser: Awaited<ReturnType<typeof chromium.launch>>, session: CDPSession) {
    this.#browser = browser
    this.#session = session
  }

  static async launch(): Promise<PlainBrowser> {
    const args = ['--no-sandbox', '--disable-gpu']
    const browser = await chromium.launch({ executablePath: chromiumPath(), args })
    return new PlainBrowser(browser, await browser.newBrowserCDPSession())
  }

  /** Opens a file until an expression answers a number, and answers that. */
  async open(file: string, expression: string): Promise<number> {
    const { browserContextId } = await this.#session.send('Target.createBrowserContext')
    const size = { width: 1400, height: 900 }
    const { targetId } = await this.#session.send('Target.createTarget', {
      url: 'about:blank',
      browserContextId,
      ...size,
    })
    const { sessionId } = await this.#session.send('Target.attachToTarget', { targetId, flatten: false })
    const call = this.#caller(sessionId)
    await call('Runtime.evaluate', { expression: '0' })
    await call('Page.navigate', { url: pathToFileURL(file).href })
    for (;;) {
      const { result } = await call('Runtime.evaluate', { expression })
      if (typeof result?.value === 'number') {
        await this.#session.send('Target.disposeBrowserContext', { browserContextId })
        return result.value
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK))
    }
  }

  #caller(sessionId: string) {
    let last = 0
    const waiting = new Map<number, (answer: { readonly result?: { readonly value?: unknown } }) => void>()
    this.#session.on('Target.receivedMessageFromTarget', ({ sessionId: from, message }) => {
      const { id, result } = JSON.parse(message)
      if (from === sessionId) waiting.get(id)?.(result ?? {})
    })
    return (method: string, params: object) => {
      const id = ++last
      const answered = new Promise<{ readonly result?: { readonly value?: unknown } }>((resolve) =>
        waiting.set(id, resolve),
      )
      const message = JSON.stringify({ id, method, params })
      void this.#session.send('Target.sendMessageToTarget', { sessionId, message })
      return answered
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
  }
}
