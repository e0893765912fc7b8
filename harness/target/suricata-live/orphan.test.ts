import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { run } from '../lab/commands.ts'
import { folderOf, removeLeftovers } from '../lab/ownership.ts'

describe('target/suricata-live: a run that was killed', function () {
  this.timeout(120_000)

  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })

  it('leaves Suricata, namespaces and files to the next, which removes them', async () => {
    const script = fileURLToPath(new URL('./orphan.fixture.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    const lab = labOf(child.pid ?? 0)
    const pids = await pidsOf(`flowbreak-${lab}-0`)
    expect(pids.map(nameOf)).to.include('Suricata-Main')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await removeLeftovers()
    expect(readdirSync('/run/netns').filter((name) => name.includes(lab))).to.deep.equal([])
    expect(() => readdirSync(folderOf(lab))).to.throw('ENOENT')
    for (const pid of pids) expect(nameOf(pid)).to.equal('')
  })
})

/** The lab that a process owns. */
function labOf(pid: number): string {
  const records = '/run/flowbreak-labs'
  const lab = readdirSync(records).find(
    (name) => !name.includes('.') && readFileSync(`${records}/${name}`, 'utf8').includes(`"pid":${pid},`),
  )
  if (lab === undefined) throw new Error('It owns no lab.')
  return lab
}

async function pidsOf(namespace: string): Promise<number[]> {
  return (await run('ip', ['netns', 'pids', namespace]))
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 1)
}

/** The name of a process, empty where there is none that runs. */
function nameOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return /\) Z /.test(stat) ? '' : stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  } catch {
    return ''
  }
}
