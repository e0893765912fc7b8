import Mocha from 'mocha'

/** mocha's own `spec` report, which also shows how maps differ, ended by one line for machines: `N passed, N failed`. */
export default class CountingSpec extends Mocha.reporters.Spec {
  constructor(runner, options) {
    // Before the report's own listener, which writes a map as `{}`.
    runner.on('fail', (_, error) => {
      for (const side of ['actual', 'expected'])
        if (error[side] instanceof Map) error[side] = Object.fromEntries(error[side])
    })
    super(runner, options)
  }

  /** @override */
  epilogue() {
    super.epilogue()
    process.stdout.write(`${this.stats.passes} passed, ${this.stats.failures} failed\n`)
  }
}
