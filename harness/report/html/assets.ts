import { readFileSync } from 'node:fs'
import { bundleClient } from './bundle-client.ts'

const STYLES = ['base', 'overview', 'controls', 'matrix', 'case', 'ladder', 'screens']
/** Where the build puts the page's script. */
const BUILT = new URL('../../bin/page.js', import.meta.url)

let script: string | undefined

/** The page's script: as built, or, where this runs from its sources, bundled from them. */
export function pageScript(): string {
  script ??= import.meta.url.endsWith('.ts') ? bundleClient() : readFileSync(BUILT, 'utf8')
  return script
}

/** The page's style sheets, from what holds everywhere to what depends on the screen. */
export function pageStyle(): string {
  const read = (name: string) => readFileSync(new URL(`./style/${name}.css`, import.meta.url), 'utf8')
  return STYLES.map(read).join('\n')
}
