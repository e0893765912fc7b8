import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { flowbreak } from './command.ts'

const CAPTURE = 'captures/echo-ladder-ipv4.pcap'
/** Commands up to the name of the file that each writes, and the code where it cannot be. */
const WRITE: readonly (readonly [words: string, file: string, code: string])[] = [
  [`capture anonymise ${CAPTURE} -o`, 'x.pcap', 'ERR_CAPTURE_WRITE'],
  [`capture slice ${CAPTURE} --packets 1-3 -o`, 'x.pcapng', 'ERR_CAPTURE_WRITE'],
  [`capture import ${CAPTURE} -o`, 'x.pcap', 'ERR_CAPTURE_WRITE'],
  [`replay ${CAPTURE} --quiet --eve`, 'eve.json', 'ERR_EVE_FILE'],
  [`sweep ${CAPTURE} --break host-swap --html`, 'map.html', 'ERR_REPORT_WRITE'],
  [`suite new ${CAPTURE} --inject host-swap@12 -o`, 'suite.yaml', 'ERR_SUITE_WRITE'],
  ['init', 'project', 'ERR_FOLDER_WRITE'],
  ['suite schema --output', 'schema.json', 'ERR_OUTPUT'],
  ['run core/resets --output', 'runs', 'ERR_LOG_WRITE'],
  ['run core/resets --reporter', 'json=report.json', 'ERR_REPORT_WRITE'],
  ['run core/resets --reporter json --metrics', 'run.prom', 'ERR_METRICS'],
  ['run core/resets --reporter json --log', 'run.ndjson', 'ERR_LOG_FILE'],
]

/** `file` in a folder; a reporter's name stays before it. */
function placed(folder: string, file: string): string {
  const [reporter, path] = file.split('=')
  return path === undefined ? join(folder, file) : `${reporter}=${join(folder, path)}`
}

describe('journeys: folders of files that are written', () => {
  let home = ''
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'flowbreak-folders-'))
    writeFileSync(join(home, 'file'), '')
  })
  after(() => rmSync(home, { recursive: true, force: true }))

  for (const [words, file, code] of WRITE)
    it(`${words}: makes those that are missing, and exits 3 where it cannot`, () => {
      const folder = join(home, words.replaceAll(/\W/g, '-'), 'new')
      const made = flowbreak([...words.split(' '), placed(folder, file)])
      expect(made.status, made.stderr).to.equal(0)
      expect(existsSync(placed(folder, file).replace(/^\w+=/, ''))).to.equal(true)
      for (const none of [join(home, 'file/new'), '/proc/none/new']) {
        const failed = flowbreak([...words.split(' '), placed(none, file)])
        expect(failed.stderr).to.match(new RegExp(`cannot be written \\((ENOTDIR|ENOENT).*\\(${code}\\)\\n$`))
        // Of files that were made on the way nobody knows.
        expect(failed.stderr).not.to.contain('.partial')
        expect(failed.status).to.equal(3)
      }
    }).timeout(60_000)
})
