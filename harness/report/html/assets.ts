import { readFileSync } from 'node:fs'

/** The page's script by file, each after those that it imports. */
const SCRIPTS = ['markup', 'geometry', 'shapes', 'packet', 'fold', 'ladder', 'matrix', 'detail', 'main']
const STYLES = ['base', 'controls', 'matrix', 'case', 'ladder', 'screens']

/** The page's script as one module: its files one after another, without their imports and exports. */
export function pageScript(): string {
  return SCRIPTS.map((name) => {
    const source = readFileSync(new URL(`./client/${name}.js`, import.meta.url), 'utf8')
    return source.replaceAll(/^import [^']*from '[^']*'\n/gm, '').replaceAll(/^export (?=\w)/gm, '')
  }).join('\n')
}

/** The page's style sheets, from what holds everywhere to what depends on the screen. */
export function pageStyle(): string {
  const read = (name: string) => readFileSync(new URL(`./style/${name}.css`, import.meta.url), 'utf8')
  return STYLES.map(read).join('\n')
}
