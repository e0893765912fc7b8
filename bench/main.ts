import { table } from 'table'
import { measureAnonymise } from './anonymise.ts'
import { measureFormats } from './formats.ts'
import { heavyCases, manyCases } from './large.ts'
import { runOnce } from './measure.ts'
import { measureQueue } from './queue.ts'
import { cases, gaps, large, suricata, sweep } from './rows/cases.ts'
import { report, start } from './rows/command.ts'
import { flood, growth, replay, rules, stream } from './rows/packets.ts'
import { geneve, live, store } from './rows/roads.ts'
import { capture, FLOWBREAK, type Row } from './rows/row.ts'
import { measureShrink, SHRUNK_PACKETS } from './shrink.ts'
import { measureWorkers } from './workers.ts'

/**
 * The figures that the project aims at, each beside its real peer, whole processes in turn, medians of five.
 * `npm run bench [name…]`: those of these names; all without names.
 */
const BENCHES: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  replay,
  rules,
  growth,
  flood,
  cases,
  start,
  store,
  geneve,
  live,
  suricata,
  gaps,
  formats: () => measureFormats(FLOWBREAK),
  report,
  shrink: async () => measureShrink(FLOWBREAK, await capture('plain', SHRUNK_PACKETS, 1)),
  anonymise: async () => measureAnonymise(FLOWBREAK, await capture('plain', 1_000_000, 20_000), 1_000_000),
  sweep,
  large,
  stream,
  queue: () => measureQueue(FLOWBREAK, manyCases(10_000), 10_000),
  workers: async () =>
    measureWorkers(FLOWBREAK, [
      { what: '10000 cases of 26 packets', suite: manyCases(10_000) },
      { what: '10000 cases of 2000 packets', suite: heavyCases(10_000, await capture('plain', 2000, 1)) },
    ]),
}

// Whoever sets it has Node read every certificate of the machine before each program: more than the start of any program here.
delete process.env.NODE_EXTRA_CA_CERTS
runOnce({ command: process.execPath, args: [FLOWBREAK, '--version'] })
const names = process.argv.slice(2)
const rows: Row[] = []
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length > 0 && !names.includes(name)) continue
  process.stderr.write(`${name} …\n`)
  rows.push(...(await bench()))
}
process.stdout.write(
  table(
    [
      ['what', 'flowbreak', 'beside', 'figure', 'aim'],
      ...rows.map(({ what, ours, peer, figure, aim }) => [what, ours, peer, figure, aim]),
    ],
    {
      columns: [
        { width: 34, wrapWord: true },
        { width: 40, wrapWord: true },
        { width: 24, wrapWord: true },
      ],
    },
  ),
)
