// Draws the pictures of docs/reading-a-report.md from a run that it makes: suites through the reference and through the example target.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readRunLog } from '../harness/log/read.ts'
import { Browser } from '../harness/report/fixtures/chromium.ts'
import { hashOf } from '../harness/report/html/client/address.ts'
import { renderHtml } from '../harness/report/html.ts'

const ROOT = join(import.meta.dirname, '..')
const PICTURES = join(ROOT, 'docs/pictures')
/** Bytes that a picture may have. */
const MOST = 300_000
/** Suites that the example target plays, and the configuration that names it. */
const SUITES = ['core/first-packet', 'core/later-packets', 'core/live-session', 'core/resets']
const CONFIG = 'examples/targets/flowbreak.config.yaml'
const OTHER = 'python'

const folder = mkdtempSync(join(ROOT, 'reports/runs/pictures-'))
const command = [join(ROOT, 'dist/bin/main.js'), 'run', ...SUITES, '--config', CONFIG, '--seed', '1']
const targets = ['--target', 'reference', '--target', OTHER]
const { status, stderr } = spawnSync(
  process.execPath,
  [...command, ...targets, '--output', relative(ROOT, folder), '--reporter', 'json'],
  { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
)
if (status === null || status === 2) throw new Error(`The run ended with ${status}: ${stderr}`)
const run = readdirSync(folder).find((name) => !name.includes('.')) ?? ''
const events = readRunLog(join(folder, run, 'run.ndjson'))
const failed = events.find(
  (event) => event.type === 'case-finished' && event.outcome !== 'pass' && event.mismatches.length > 0,
)
if (failed?.type !== 'case-finished') throw new Error('All passed: there is nothing to be looked at.')
const { name } = failed.case
const html = renderHtml(events)

await using browser = await Browser.launch()
for (const [picture, address, height] of [
  ['overview', '', 1000],
  ['case', hashOf({ name, side: failed.target }), 1100],
  ['side-by-side', hashOf({ name, side: failed.target, beside: true }), 900],
] as const) {
  const page = await browser.open(html, address, { height })
  const file = join(PICTURES, `${picture}.png`)
  await page.screenshot({ path: file })
  if (statSync(file).size > MOST) throw new Error(`${file} has more than ${MOST} bytes.`)
}
rmSync(folder, { recursive: true, force: true })
