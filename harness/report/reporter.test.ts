import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { FlowbreakError } from '../support/errors.ts'
import { fixtureRun } from './fixtures/run.ts'
import { parseReporter, REPORTERS } from './index.ts'
import { writeReport } from './write-report.ts'

describe('parseReporter', () => {
  it('reads a name, alone or with a file', () => {
    expect(parseReporter('json')).to.deep.equal({ name: 'json' })
    expect(parseReporter('html=out/a=b.html')).to.deep.equal({ name: 'html', file: 'out/a=b.html' })
  })

  it('names the reporters that there are', () => {
    for (const wrong of ['', 'xml', 'toString', '=a'])
      expect(() => parseReporter(wrong))
        .to.throw(
          FlowbreakError,
          'use one of console, json, ndjson, junit, ctrf, html, markdown, github, sarif.',
        )
        .with.property('code', 'ERR_REPORTER')
    expect(() => parseReporter('htlm=out.html')).to.throw(FlowbreakError, / Did you mean "html"\?$/)
    expect(() => parseReporter('json=')).to.throw(FlowbreakError, 'write json=FILE')
  })
})

describe('REPORTERS', () => {
  it('render the same twice', () => {
    for (const { render } of Object.values(REPORTERS))
      expect(render(fixtureRun())).to.equal(render(fixtureRun()))
  })
})

describe('writeReport', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-report-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('makes folders, replaces what was there and leaves nothing beside it', () => {
    const file = join(folder, 'a/b/report.json')
    writeReport(file, 'one')
    writeReport(file, 'two')
    expect(readFileSync(file, 'utf8')).to.equal('two')
    expect(readdirSync(join(folder, 'a/b'))).to.deep.equal(['report.json'])
  })

  it('writes into a pipe instead of replacing it', () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    // Both ends are open, so that neither waits for the other.
    const fd = openSync(pipe, 'r+')
    try {
      writeReport(pipe, 'two')
      const read = Buffer.alloc(10)
      expect(read.toString('utf8', 0, readSync(fd, read))).to.equal('two')
    } finally {
      closeSync(fd)
    }
    expect(statSync(pipe).isFIFO()).to.equal(true)
    expect(readdirSync(folder)).to.deep.equal(['pipe'])
  })

  it('says what cannot be written, and leaves nothing', () => {
    writeReport(join(folder, 'a/b.json'), 'one')
    for (const file of [join(folder, 'a'), join(folder, 'a/b.json/c.json')])
      expect(() => writeReport(file, 'two'))
        .to.throw(FlowbreakError, `The report ${file} cannot be written`)
        .with.include({ code: 'ERR_REPORT_WRITE', exitCode: 3 })
        // The temporary file beside it is nobody's business.
        .and.property('message')
        .match(/ \([A-Z]+: [a-z ]+\): write it elsewhere\.$/)
    expect(readdirSync(folder)).to.deep.equal(['a'])
    expect(readFileSync(join(folder, 'a/b.json'), 'utf8')).to.equal('one')
  })
})
