import { expect } from 'chai'
import type { HostEvent } from '../../model/timeline.ts'
import { Appliances } from './appliances.ts'
import { Hooks } from './hooks.ts'

const NODE = process.execPath
const HOSTS = [{ address: '127.0.0.1:6081' }, { address: '127.0.0.1:6082' }]
const { signal } = new AbortController()

async function problem(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  )
  return `${error?.code} ${error?.exitCode} ${error?.message}`
}

describe('target/hooks', () => {
  it('are run without a shell, with what they are about in place of its name, and what they print is kept', async () => {
    const print = [NODE, '-p', 'process.argv.slice(1).join("|")', '{host}', '$HOME; {event}', '{nothing}']
    const hooks = new Hooks({ swap: print, limit: 10 })
    await hooks.run('swap', { host: 'fw-b', event: 'crash' })
    expect(hooks.outputs).to.deep.equal([{ hook: 'swap', output: 'fw-b|$HOME; crash|{nothing}\n' }])
  })

  it('that are not configured do nothing', async () => {
    const hooks = new Hooks({ limit: 1 })
    await hooks.run('clear', {})
    expect(hooks.outputs).to.deep.equal([])
  })

  it('that fail say how, with what they printed last', async () => {
    const failing = [NODE, '-e', 'console.error("first"); console.error("no licence"); process.exit(4)']
    expect(await problem(new Hooks({ clear: failing, limit: 10 }).run('clear', {}))).to.match(
      /^ERR_HOOK 3 The hook clear \(.*\) ended with 4: no licence: see/,
    )
    expect(await problem(new Hooks({ clear: ['/no/such/program'], limit: 10 }).run('clear', {}))).to.match(
      /^ERR_HOOK 3 .* cannot be run \(.*ENOENT.*\)/,
    )
  })

  it('that take too long are ended', async () => {
    const forever = [NODE, '-e', 'setInterval(() => {}, 1000)']
    expect(await problem(new Hooks({ clear: forever, limit: 0.2 }).run('clear', {}))).to.match(
      /^ERR_HOOK 3 .* took longer than 0.2 s/,
    )
  })

  it('end with the run', async () => {
    const interrupt = new AbortController()
    const forever = [NODE, '-e', 'setInterval(() => {}, 1000)']
    const running = new Hooks({ clear: forever, limit: 60 }).run('clear', {}, interrupt.signal)
    interrupt.abort(new Error('Interrupted.'))
    expect(await problem(running)).to.contain('Interrupted.')
  })

  it('swap takes a host down, restore brings it back, and so does the next case', async () => {
    const echo = (word: string) => [NODE, '-p', `"${word} " + process.argv.slice(1).join(" ")`]
    const hooks = new Hooks({
      swap: [...echo('swap'), '{host}', '{index}', '{address}', '{event}'],
      restore: [...echo('restore'), '{host}'],
      clear: echo('clear'),
      limit: 10,
    })
    const appliances = new Appliances(['fw-a', 'fw-b'], HOSTS, hooks)
    const apply = (event: HostEvent) => appliances.apply(event, 0, signal)
    const up = () => [appliances.isUp(0), appliances.isUp(1)]
    expect(await apply({ kind: 'crash', host: 1, flow: 0 })).to.equal(true)
    expect(up()).to.deep.equal([true, false])
    expect(await apply({ kind: 'restore', host: -1 })).to.equal(true)
    expect(up()).to.deep.equal([true, true])
    expect(await apply({ kind: 'drain', host: 0, flow: 0 })).to.equal(false)
    await apply({ kind: 'crash', host: 0, flow: 0 })
    await appliances.reset()
    expect(up()).to.deep.equal([true, true])
    expect(hooks.outputs.map(({ output }) => output.trim())).to.deep.equal([
      'swap fw-b 1 127.0.0.1:6082 crash',
      'restore fw-b',
      'swap fw-a 0 127.0.0.1:6081 crash',
      'restore fw-a',
      'clear',
    ])
  })

  it('collect is answered whole, where there is one', async () => {
    const long = [NODE, '-p', '"x".repeat(10000)']
    const with_ = new Appliances(['fw-a'], HOSTS, new Hooks({ collect: long, limit: 10 }))
    expect(await with_.collect(signal)).to.equal(`${'x'.repeat(10_000)}\n`)
    expect(await new Appliances(['fw-a'], HOSTS, new Hooks({ limit: 10 })).collect(signal)).to.equal('')
  })

  it('a crash without a hook is a matter of the load balancer alone', async () => {
    const appliances = new Appliances(['fw-a'], HOSTS, new Hooks({ limit: 1 }))
    expect(await appliances.apply({ kind: 'crash', host: 0, flow: 0 }, 0, signal)).to.equal(false)
    expect(appliances.isUp(0)).to.equal(true)
    await appliances.reset()
  })

  it('what nobody can bring back is told of', async () => {
    const hooks = new Hooks({ swap: [NODE, '-e', '0'], limit: 10 })
    const appliances = new Appliances(['fw-a'], HOSTS, hooks)
    await appliances.apply({ kind: 'crash', host: 0, flow: 0 }, 0, signal)
    expect(await problem(appliances.reset())).to.match(/^ERR_HOOK 3 The appliance fw-a was taken down/)
  })
})
