import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { openRouters } from '../netfilter/routers.ts'
import { PREFIX } from './names.ts'
import { removeLeftovers } from './ownership.ts'

const RECORDS = '/run/flowbreak-labs'

const namespacesOf = (lab: string) =>
  readdirSync('/run/netns').filter((name) => name.startsWith(`${PREFIX}-${lab}-`))

/** Other processes make labs, and remove them, at the same time. */
function labsOfThisProcess(): readonly string[] {
  const labs = readdirSync(RECORDS).filter((name) => !name.includes('.'))
  return labs.filter((name) => recordOf(name).includes(`"pid":${process.pid},`))
}

/** Empty: the lab is gone by now. */
function recordOf(lab: string): string {
  try {
    return readFileSync(join(RECORDS, lab), 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return ''
    throw thrown
  }
}

describe('target/lab/ownership', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })

  it('a lab that is disposed leaves nothing', async () => {
    const lab = await openRouters(2, 1500)
    expect(namespacesOf(lab.id)).to.have.length(3)
    await lab[Symbol.asyncDispose]()
    expect(namespacesOf(lab.id)).to.deep.equal([])
  })

  it('one that cannot be made leaves nothing either', async () => {
    await using other = await openRouters(1, 1500)
    let thrown: unknown
    await openRouters(1, 70_000).catch((error: unknown) => {
      thrown = error
    })
    expect(String(thrown)).to.match(/ip -batch - failed/)
    expect(labsOfThisProcess()).to.deep.equal([other.id])
  })

  it('what a killed process left is removed by the next, what a living one owns is not', async () => {
    await using living = await openRouters(1, 1500)
    const script = fileURLToPath(new URL('./orphan.fixture.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const lab = line.toString().trim()
    expect(namespacesOf(lab)).to.have.length(2)
    await removeLeftovers()
    expect(namespacesOf(lab)).to.have.length(2)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await removeLeftovers()
    expect(namespacesOf(lab)).to.deep.equal([])
    expect(namespacesOf(living.id)).to.have.length(2)
  })
})
