// Fails when a file of harness/ imports what the list in layers.ts does not allow, or when imports go round in a ring.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { layers } from './layers.ts'
import { breaches } from './lib/layer-check.ts'

const root = join(import.meta.dirname, '..')
const files = readdirSync(join(root, 'harness'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `harness/${name}`)
  .sort()
const found = breaches(new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')])), layers)

for (const { file, line, message } of found) console.error(`${file}:${line} ${message}`)
console.error(`check-layers: ${files.length} files, ${found.length} faults`)
process.exitCode = found.length === 0 ? 0 : 1
