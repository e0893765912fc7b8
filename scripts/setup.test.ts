import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { installArgs, installs, readRelease, suiteSource } from './lib/apt.mjs'
import { reasonIn, run } from './lib/child.mjs'
import { isThere, missing, readNeeds } from './lib/needs.mjs'
import { nodeHeaders } from './lib/npm.mjs'
import { installPackages } from './lib/packages.mjs'
import { SetupError } from './lib/say.mjs'
import { heard, type Scratch, scratch } from './lib/scratch.ts'
import { INSTALL_STAMP, installDigest, stamp } from './lib/stamp.mjs'
import { isAtLeast } from './lib/version.mjs'

describe('set-up', () => {
  let tree: Scratch
  beforeEach(() => {
    tree = scratch()
  })
  afterEach(() => {
    tree.remove()
  })

  describe('the needs list', () => {
    it('proves every package by one command or one file, and says what it is for and why', () => {
      const needs = readNeeds()
      expect(new Set(needs.map((need) => need.package)).size).to.equal(needs.length)
      for (const need of needs) {
        const proofs = [need.command, need.file].filter((proof) => proof !== undefined)
        expect(proofs, need.package).to.have.length(1)
        expect(proofs[0], need.package).to.match(need.file === undefined ? /^[\w.+-]+$/ : /^\/[\w./+-]+$/)
        expect(need.package).to.match(/^[a-z0-9][a-z0-9.+-]+$/)
        expect(need.for, need.package).to.not.be.empty
        expect(['start', 'suites', 'targets', 'tests', 'record', 'bench'], need.package).to.include.members(
          need.for,
        )
        expect(need.why, need.package).to.not.be.empty
      }
    })

    it('names no host, and neither does any script', () => {
      const folder = import.meta.dirname
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(json|mjs)$/.test(name)) continue
        expect(readFileSync(join(folder, name), 'utf8'), name).to.not.match(
          /\w:\/\/\w|\bregistry\b|\w\.(com|org|net|io|dev)\b/,
        )
      }
    })

    it('finds a command only where it can be run, and a file where it can be read', () => {
      const tool = tree.write('bin/some-tool')
      const need = { package: 'p', command: 'some-tool', for: [], why: 'w' }
      expect(isThere(need, tree.path('bin'))).to.equal(false)
      chmodSync(tool, 0o755)
      expect(isThere(need, `/nowhere:${tree.path('bin')}`)).to.equal(true)
      expect(isThere(need, '')).to.equal(false)
      expect(isThere({ package: 'p', file: tool, for: [], why: 'w' })).to.equal(true)
      expect(isThere({ package: 'p', file: `${tool}.h`, for: [], why: 'w' })).to.equal(false)
    })

    it('asks for what the purposes need and lack, no more', () => {
      const start = missing(readNeeds(), ['start'], () => false).map((need) => need.package)
      expect(start).to.deep.equal(['libpcap-dev', 'g++', 'make', 'python3'])
      const suites = missing(readNeeds(), ['suites'], () => false).map((need) => need.package)
      expect(suites).to.deep.equal(['redis-server', 'openssl'])
      const tests = missing(readNeeds(), ['start', 'tests'], () => false).map((need) => need.package)
      expect(tests).to.include.members([...start, 'tshark', 'tcpdump', 'iproute2', 'chromium', 'suricata'])
      expect(tests).to.not.include('nginx')
      expect(missing(readNeeds(), ['start', 'tests', 'record'], () => true)).to.deep.equal([])
    })
  })

  describe('apt', () => {
    const needs = [
      { package: 'a', for: [], why: 'w' },
      { package: 'b', suite: 'bookworm-backports', for: [], why: 'w' },
      { package: 'c', for: [], why: 'w' },
    ]

    it('is used on Debian, on Ubuntu and on what is like them', () => {
      expect(readRelease('ID=debian\nVERSION_CODENAME=bookworm\n')).to.deep.equal({
        apt: true,
        codename: 'bookworm',
      })
      expect(readRelease('ID=mint\nID_LIKE="ubuntu debian"\n').apt).to.equal(true)
      expect(readRelease('ID="fedora"\n').apt).to.equal(false)
      expect(readRelease('')).to.deep.equal({ apt: false, codename: '' })
    })

    it('asks a suite only for what is in it, and only on the release that it belongs to', () => {
      const commands = (codename: string): string[] =>
        installs(needs, codename).map(({ suite, packages }) => installArgs(packages, suite).join(' '))
      expect(commands('bookworm')).to.deep.equal(['install -y a c', 'install -y -t bookworm-backports b'])
      expect(commands('trixie')).to.deep.equal(['install -y a b c'])
    })

    const modern = [
      '# a note',
      'Types: deb',
      'URIs: http://mirror.example/debian',
      'Suites: bookworm bookworm-updates',
      'Components: main',
      'Signed-By: /usr/share/keyrings/k.gpg',
      '',
      'Types: deb',
      'URIs: http://mirror.example/security',
      'Suites: bookworm-security',
      'Components: main',
      '',
    ].join('\n')

    it('adds a suite by copying the machine’s own source of the release', () => {
      expect(
        suiteSource([{ path: 'debian.sources', text: modern }], 'bookworm', 'bookworm-backports'),
      ).to.deep.equal({
        name: 'flowbreak-bookworm-backports.sources',
        text: [
          'Types: deb',
          'URIs: http://mirror.example/debian',
          'Suites: bookworm-backports',
          'Components: main',
          'Signed-By: /usr/share/keyrings/k.gpg',
          '',
        ].join('\n'),
      })
      const old =
        '# deb x\ndeb-src http://m.example/d bookworm main\ndeb [signed-by=/k arch=amd64] http://m.example/d bookworm main contrib\n'
      expect(
        suiteSource([{ path: 'sources.list', text: old }], 'bookworm', 'bookworm-backports'),
      ).to.deep.equal({
        name: 'flowbreak-bookworm-backports.list',
        text: 'deb [signed-by=/k arch=amd64] http://m.example/d bookworm-backports main contrib\n',
      })
    })

    it('adds none that is there, nor one that it cannot copy', () => {
      const has = { path: 'b.list', text: 'deb http://m.example/d bookworm-backports main\n' }
      expect(
        suiteSource([{ path: 'a.sources', text: modern }, has], 'bookworm', 'bookworm-backports'),
      ).to.equal(undefined)
      expect(suiteSource([], 'bookworm', 'bookworm-backports')).to.equal(undefined)
      const off = { path: 'a.sources', text: modern.replaceAll('Types:', 'Enabled: no\nTypes:') }
      expect(suiteSource([off], 'bookworm', 'bookworm-backports')).to.equal(undefined)
    })
  })

  describe('the install stamp', () => {
    it('depends on lock, package.json, Node and architecture, and on nothing else', () => {
      tree.write('package-lock.json', 'lock')
      tree.write('package.json', 'package')
      const digest = installDigest(tree.root, 'v20.19.0', 'x64')
      tree.write('harness/a.ts', 'changed')
      expect(installDigest(tree.root, 'v20.19.0', 'x64')).to.equal(digest)
      const others = [
        installDigest(tree.root, 'v22.0.0', 'x64'),
        installDigest(tree.root, 'v20.19.0', 'arm64'),
      ]
      tree.write('package-lock.json', 'lock 2')
      others.push(installDigest(tree.root, 'v20.19.0', 'x64'))
      tree.write('package.json', 'package 2')
      others.push(installDigest(tree.root, 'v20.19.0', 'x64'))
      expect(new Set([digest, ...others]).size).to.equal(5)
    })

    it('lets a second set-up do nothing, and one without node-pcap while it cannot be built', async () => {
      const path = tree.write(INSTALL_STAMP)
      const install = (absent: string[]) => heard(() => installPackages(tree.root, absent))
      stamp(path, installDigest(tree.root))
      expect(await install([])).to.deep.equal({ told: '', thrown: undefined })
      expect(await install(['libpcap-dev'])).to.deep.equal({ told: '', thrown: undefined })
      stamp(path, `${installDigest(tree.root)} without node-pcap`)
      expect(await install(['libpcap-dev'])).to.deep.equal({ told: '', thrown: undefined })
      expect((await install([])).told).to.equal('set-up: installing the npm packages (npm ci)\n')
    })

    it('is not left by an install that failed, whose error says why and what to do', async () => {
      tree.write('package.json', '{ "name": "p", "version": "1.0.0" }')
      const { thrown } = await heard(() => installPackages(tree.root, []))
      expect(thrown).to.be.instanceOf(SetupError)
      expect(String(thrown)).to.match(/npm ci failed \(.*package-lock\.json.*\): .*start again\.$/)
      expect(existsSync(tree.path(INSTALL_STAMP))).to.equal(false)
    })
  })

  describe('a program that the set-up runs', () => {
    it('is judged by its status, with what it printed kept', async () => {
      const node = process.execPath
      expect(await run(node, ['-e', 'console.log("a"); console.error("b")'])).to.include({ ok: true })
      expect((await run(node, ['-e', 'console.error("b"); process.exit(2)'])).output).to.equal('b\n')
      expect(await run('no-such-program', [])).to.deep.equal({
        ok: false,
        output: 'spawn no-such-program ENOENT',
      })
    })

    it('is sent the signal that the set-up gets, and the set-up ends by it too', () => {
      const told = tree.path('told')
      const child = `
        process.on('SIGINT', () => { require('node:fs').writeFileSync(${JSON.stringify(told)}, ''); process.exit(0) })
        setInterval(() => {}, 1000)
        process.kill(process.ppid, 'SIGINT')`
      const lib = JSON.stringify(new URL('./lib/child.mjs', import.meta.url).href)
      const parent = `
        import { run } from ${lib}
        await run(process.execPath, ['-e', ${JSON.stringify(child)}])
        console.log('went on')`
      const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', parent], {
        encoding: 'utf8',
      })
      expect({ signal, stdout }).to.deep.equal({ signal: 'SIGINT', stdout: '' })
      expect(existsSync(told)).to.equal(true)
    })

    it('gives its reason in one line', () => {
      expect(reasonIn('x\nharness/a.ts(3,1): error TS1: no.\ny\n')).to.equal(
        'harness/a.ts(3,1): error TS1: no',
      )
      expect(reasonIn('Reading\nE: Unable to locate package a\n')).to.equal('E: Unable to locate package a')
      expect(
        reasonIn('npm error code E1\nnpm error \nnpm error the lock is old.\nnpm error path /x\n'),
      ).to.equal('the lock is old')
      expect(reasonIn('one\nlast\n\n')).to.equal('last')
      expect(reasonIn('')).to.equal('no reason given')
    })
  })

  describe('Node', () => {
    it('is new enough or not', () => {
      expect(
        ['20.19.0', '20.20.2', '22.0.0', '24.1.0'].every((version) => isAtLeast(version, '>=20.19')),
      ).to.equal(true)
      expect(['20.18.3', '18.20.0'].some((version) => isAtLeast(version, '>=20.19'))).to.equal(false)
    })

    it('lends its own headers to node-gyp when they came with it and nobody set others', () => {
      const node = tree.path('bin/node')
      expect(nodeHeaders(node, {})).to.deep.equal({})
      tree.write('include/node/node.h')
      expect(nodeHeaders(node, {})).to.deep.equal({ npm_config_nodedir: tree.root })
      expect(nodeHeaders(node, { npm_config_nodedir: '/x' })).to.deep.equal({})
    })
  })
})
