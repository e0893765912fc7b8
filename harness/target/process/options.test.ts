import { expect } from 'chai'
import fc from 'fast-check'
import { LineSplitter, printable, Tail } from './lines.ts'
import { readOptions } from './options.ts'
import { splitCommand } from './split-command.ts'

const read = (spec: object) =>
  readOptions({ kind: 'process', ...spec }, { name: 'mine', version: '1', folder: '/lab' })

describe('target/process options', () => {
  it('takes a command as a list or as a text', () => {
    const { command, args, cwd, env, limit } = read({ command: ['python3', 'fw.py', 'two words'] })
    expect({ command, args, cwd, env, limit }).to.deep.equal({
      command: 'python3',
      args: ['fw.py', 'two words'],
      cwd: '/lab',
      env: {},
      limit: 30_000,
    })
    expect(read({ command: `python3 -c 'import x; y()' "a b" c\\ d ""` }).args).to.deep.equal([
      '-c',
      'import x; y()',
      'a b',
      'c d',
      '',
    ])
    expect(read({ command: 'fw', cwd: 'programs', env: { KEY: 'v' }, timeout: '1.5s' })).to.include({
      cwd: '/lab/programs',
      limit: 1500,
    })
  })

  it('runs nothing of a text, as a shell would', () => {
    expect(splitCommand('fw $(id) `id` ; rm *.pcap | cat > $HOME')).to.deep.equal([
      'fw',
      '$(id)',
      '`id`',
      ';',
      'rm',
      '*.pcap',
      '|',
      'cat',
      '>',
      '$HOME',
    ])
  })

  it('splits what was quoted into what it was', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
        const text = words.map((word) => `"${word.replace(/["\\]/g, '\\$&')}"`).join('  ')
        expect(splitCommand(text)).to.deep.equal(words)
      }),
    )
  })

  it('says what is wrong, by name', () => {
    const wrong = [
      [{}, '"command" is missing.'],
      [{ command: '' }, 'command: This is empty.'],
      [{ command: '  ' }, 'command: This is empty.'],
      [{ command: [] }, 'command: This is empty.'],
      [{ command: ['', 'a'] }, 'command: This is empty.'],
      [{ command: 'a "b' }, 'command: "a "b" has a quote that is not closed.'],
      [{ command: 7 }, 'command: This is a number, but text or a list is expected.'],
      [{ command: 'a', comand: 'b' }, '"comand" is not a key of this mapping. Did you mean "command"?'],
      [{ command: 'a', timeout: 'soon' }, 'timeout: "soon" is not a duration'],
      [{ command: 'a', timeout: 0 }, 'timeout: This is below 1ms.'],
    ] as const
    for (const [spec, says] of wrong) expect(() => read(spec)).to.throw(`Target mine: ${says}`)
  })
})

describe('target/process lines', () => {
  it('are the same however they come in pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.array(fc.nat(20)), (texts, sizes) => {
        const lines = texts.map((text) => text.replaceAll('\n', ' '))
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
        const splitter = new LineSplitter()
        const got: string[] = []
        let at = 0
        for (const size of sizes) {
          got.push(...(splitter.push(bytes.subarray(at, at + size)) ?? []))
          at += size
        }
        got.push(...(splitter.push(bytes.subarray(at)) ?? []))
        expect(got).to.deep.equal(lines)
      }),
    )
  })

  it('are no longer than they may be', () => {
    const push = (...pieces: string[]) => {
      const splitter = new LineSplitter(4)
      return pieces.map((piece) => splitter.push(Buffer.from(piece))).at(-1)
    }
    expect(push('1234\n')).to.deep.equal(['1234'])
    expect(push('12', '34\n')).to.deep.equal(['1234'])
    expect(push('12345\n')).to.equal(undefined)
    expect(push('123', '45')).to.equal(undefined)
  })

  it('of standard error are kept to the last of them, as text that moves no cursor', () => {
    const tail = new Tail(10)
    tail.push(Buffer.from('0123456789'))
    tail.push(Buffer.from('\u001b[2Jab\r\ncd'))
    expect(tail.text).to.equal('[2Jab cd')
    expect(printable('\u009b31mred\u0007')).to.equal('31mred')
  })
})
