import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { makeCertificate } from '../../harness/sharing/store/certificate.ts'
import { missingPrograms } from '../../harness/sharing/store/programs.ts'
import { flowbreak, startFlowbreak } from './command.ts'
import { manyCases as suite } from './many.ts'
import { TestRedis } from './redis.ts'

const TIMES = 'lost=4&wait=30&gone=30'

describe('journeys: queue with TLS and a password', function () {
  this.timeout(60_000)
  const PASSWORD = 'correct-horse-battery'
  let folder = ''
  let redis: TestRedis
  before(async function () {
    if (missingPrograms().length > 0) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'suite.yaml'), suite(20))
    const ca = await makeCertificate(folder)
    const file = (name: string) => join(folder, name)
    redis = await TestRedis.start(
      file('redis'),
      [
        ...['--port', '0', '--tls-port', 'PORT', '--tls-auth-clients', 'yes'],
        ...['--tls-cert-file', file('cert.pem'), '--tls-key-file', file('key.pem')],
        ...['--tls-ca-cert-file', file('cert.pem'), '--requirepass', PASSWORD],
      ],
      { password: PASSWORD, tls: { ca, cert: ca, key: readFileSync(file('key.pem'), 'utf8') } },
    )
  })
  after(async () => {
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const url = (password: string, more = '&ca=cert.pem') =>
    `rediss://default:${password}@127.0.0.1:${redis.port}/?${TIMES}&cert=cert.pem&key=key.pem${more}`

  it('plays, and writes the password nowhere', async () => {
    writeFileSync(join(folder, 'flowbreak.config.yaml'), `queue: "${url(PASSWORD)}"\n`)
    const child = startFlowbreak(['worker', '--target', 'reference', '--once', '--debug'], folder)
    let told = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        told += chunk
      })
    const ended = once(child, 'close')
    const ran = flowbreak(['run', 'suite.yaml', '--queue', url(PASSWORD), '--output', 'runs'], {
      cwd: folder,
    })
    expect(ran.status, ran.stderr).to.equal(0)
    await ended
    expect(child.exitCode, told).to.equal(0)
    const [run = ''] = readdirSync(join(folder, 'runs'))
    const log = readFileSync(join(folder, 'runs', run, 'run.ndjson'), 'utf8')
    expect(log).to.contain('rediss://default@127.0.0.1')
    expect(log + ran.stdout + ran.stderr + told).not.to.contain(PASSWORD)
    expect(await redis.keys()).to.deep.equal([])
  })

  for (const [what, address, code] of [
    ['a wrong password', () => url('wrong-horse-battery'), 'ERR_QUEUE_AUTH'],
    ['a certificate that is not trusted', () => url(PASSWORD, ''), 'ERR_QUEUE_TLS'],
    ['an address that is none', () => 'redis:/nowhere', 'ERR_QUEUE_URL'],
  ] as const)
    it(`refuses ${what} at once, in a sentence`, () => {
      const { status, stderr } = flowbreak(['worker', '--target', 'reference', '--queue', address()], {
        cwd: folder,
      })
      expect(stderr).to.match(new RegExp(`^flowbreak: [^\\n]+ \\(${code}\\)\\n$`))
      expect(stderr).not.to.contain('battery')
      expect(status).to.equal(code === 'ERR_QUEUE_URL' ? 2 : 3)
    })

  it('says what may be wrong where Redis speaks TLS and the address does not', () => {
    const plain = `redis://127.0.0.1:${redis.port}/?gone=1`
    const { status, stderr } = flowbreak(['worker', '--target', 'reference', '--queue', plain], {
      cwd: folder,
    })
    expect(stderr).to.match(
      /could not be reached .*\(or write rediss:\/\/ if it speaks TLS\).*\(ERR_QUEUE_GONE\)\n$/,
    )
    expect(status).to.equal(3)
  })
})
