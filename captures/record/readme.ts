import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from './manifest.ts'

const OPEN = '<!-- captures -->\n'
const CLOSE = '<!-- /captures -->'
const HEAD =
  '| capture | shows | packets | flows | bytes | seconds | script |\n|---|---|--:|--:|--:|--:|---|\n'

/** Writes the table in the folder's README from the manifests beside it, so that no figure in it can be stale. */
export async function writeTable(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  const rows = await Promise.all(
    names.map(async (name) => row(JSON.parse(await readFile(join(folder, name), 'utf8')))),
  )
  const readme = join(folder, 'README.md')
  const text = await readFile(readme, 'utf8')
  const [start, end] = [text.indexOf(OPEN) + OPEN.length, text.indexOf(CLOSE)]
  await writeFile(readme, text.slice(0, start) + HEAD + rows.join('') + text.slice(end))
}

function row({ capture, title, packets, flows, bytes, duration, by }: Manifest): string {
  const script = by.slice(by.lastIndexOf('/') + 1)
  const cells = [`\`${capture}\``, title, packets, flows.length, bytes, duration.toFixed(1), `\`${script}\``]
  return `| ${cells.join(' | ')} |\n`
}
