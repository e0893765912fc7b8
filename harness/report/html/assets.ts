import { readFileSync } from 'node:fs'
import { bundleClient } from './bundle-client.ts'

const STYLES = ['base', 'overview', 'controls', 'matrix', 'case', 'ladder', 'screens']
/** Where the build puts the scripts of pages. */
const BUILT = { main: '../../bin/page.js', sweep: '../../bin/sweep-page.js' }
export type PageName = keyof typeof BUILT

const scripts = new Map<PageName, string>()

/** A page's script: the built one, or, when running from the sources, bundled from them. */
export function pageScript(name: PageName = 'main'): string {
  const script =
    scripts.get(name) ??
    (import.meta.url.endsWith('.ts')
      ? bundleClient(name)
      : readFileSync(new URL(BUILT[name], import.meta.url), 'utf8'))
  scripts.set(name, script)
  return script
}

/** The page's style sheets, from general ones to those that depend on the screen. */
export function pageStyle(): string {
  return styleOf(...STYLES)
}

/** Style sheets by their names. */
export function styleOf(...names: readonly string[]): string {
  const read = (name: string) => readFileSync(new URL(`./style/${name}.css`, import.meta.url), 'utf8')
  return names.map(read).join('\n')
}
