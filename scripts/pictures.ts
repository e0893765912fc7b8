// Draws the pictures of docs/reading-a-report.md from a run that it makes: suites through the reference and through the example target with
// a mistake in it; and that of docs/sweep.md from a sweep.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readRunLog } from '../harness/log/read.ts'
import { Browser } from '../harness/report/fixtures/chromium.ts'
import { hashOf } from '../harness/report/html/client/address.ts'
import { renderHtml } from '../harness/report/html.ts'

const ROOT = join(import.meta.dirname, '..')
const PICTURES = join(ROOT, 'docs/pictures')
/** Bytes that a picture may have. */
const MOST = 300_000
/** What both targets play; the case that is shown is of the last. */
const SUITES = [
  'core/first-packet',
  'core/later-packets',
  'core/live-session',
  'core/resets',
  'examples/targets/suite.yaml',
]
const SHOWN = 'examples/stateful'
const EXAMPLE = join(ROOT, 'examples/targets/firewall.py')
/** A line of the example, and what becomes of it. */
const MISTAKE = [
  'if policy != "reject" or flags & RST or not flags & ACK: return {"verdict": "drop"}',
  'return {"verdict": "drop"}',
] as const
const OTHER = 'lab'

mkdirSync(join(ROOT, 'reports/runs'), { recursive: true })
const folder = mkdtempSync(join(ROOT, 'reports/runs/pictures-'))
const example = readFileSync(EXAMPLE, 'utf8')
if (!example.includes(MISTAKE[0])) throw new Error(`${EXAMPLE} has no line that the mistake can be put in.`)
writeFileSync(join(folder, 'firewall.py'), example.replace(...MISTAKE))
const config = join(folder, 'flowbreak.config.json')
const target = { kind: 'process', command: ['python3', 'firewall.py'] }
writeFileSync(config, JSON.stringify({ targets: { [OTHER]: target } }))
const command = [join(ROOT, 'dist/bin/main.js'), 'run', ...SUITES, '--config', relative(ROOT, config)]
const targets = ['--seed', '1', '--target', 'reference', '--target', OTHER]
const { status, stderr } = spawnSync(
  process.execPath,
  [...command, ...targets, '--output', relative(ROOT, folder), '--reporter', 'json'],
  { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
)
if (status !== 1) throw new Error(`The run ended with ${status}, and cases were to fail: ${stderr}`)
const run = readdirSync(folder).find((name) => !name.includes('.')) ?? ''
const events = readRunLog(join(folder, run, 'run.ndjson'))
const failed = events.find(
  (event) => event.type === 'case-finished' && event.outcome === 'fail' && event.case.suite === SHOWN,
)
if (failed?.type !== 'case-finished')
  throw new Error(`No case of ${SHOWN} failed: there is nothing to be looked at.`)
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

const map = join(folder, 'sweep.html')
const swept = spawnSync(
  process.execPath,
  [join(ROOT, 'dist/bin/main.js'), 'sweep', 'captures/echo-ladder-ipv4.pcap', '--html', map],
  { cwd: ROOT, stdio: 'ignore' },
)
if (swept.status !== 0) throw new Error(`The sweep ended with ${swept.status}.`)
const page = await browser.open(readFileSync(map, 'utf8'), '#0.8.1', { height: 1000 })
await page.screenshot({ path: join(PICTURES, 'sweep.png') })
rmSync(folder, { recursive: true, force: true })
