import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manyCases } from '../large.ts'
import { alternate, medianRatio } from '../measure.ts'
import { measureReport } from '../report.ts'
import { FLOWBREAK, ROOT, type Row, seconds, times } from './row.ts'

/** Size, rendering and opening of the HTML report of many cases. */
export async function report(): Promise<readonly Row[]> {
  const { cases, failures, bytes, render, command, ...opened } = await measureReport(FLOWBREAK, ROOT)
  const what = `html report of ${cases} cases, ${failures} of them failed`
  const text = (value: number) => `${value.toFixed(2)} s`
  const size = `${(bytes / 1e6).toFixed(1)} MB`
  return [
    { what: `${what}: size`, ours: `${bytes} bytes`, peer: '–', figure: size, aim: '< 15 MB' },
    {
      what: `${what}: rendered from the log's events`,
      ours: text(render),
      peer: `${text(command)} the whole command, with reading and checking the log`,
      figure: text(render),
      aim: '< 2 s',
    },
    {
      what: `${what}: interactive in Chromium`,
      ours: text(opened.interactive),
      peer: `${text(opened.blank)} a blank page`,
      figure: text(opened.interactive),
      aim: '< 1 s',
    },
  ]
}

/** Start-up beside that of Node itself: what the command can do, and a run of a few cases, which is mostly start. */
export async function start(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    writeFileSync(join(folder, 'few.yaml'), manyCases(FEW))
    return [
      besideNode('flowbreak --help', ['--help'], folder, '<= 2 x'),
      besideNode(`flowbreak run of ${FEW} cases`, ['run', 'few.yaml'], folder, 'told'),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const FEW = 10

function besideNode(what: string, args: readonly string[], cwd: string, aim: string): Row {
  const command = process.execPath
  const [ours = [], theirs = []] = alternate(
    [
      { command, args: [FLOWBREAK, ...args], cwd },
      { command, args: ['-e', '0'], cwd },
    ],
    11,
  )
  return {
    what: `${what} beside node -e 0`,
    ours: `${(seconds(ours) * 1000).toFixed(0)} ms`,
    peer: `${(seconds(theirs) * 1000).toFixed(0)} ms`,
    figure: times(medianRatio(ours, theirs)),
    aim,
  }
}
