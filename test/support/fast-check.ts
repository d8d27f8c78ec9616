import fc from 'fast-check'

/**
 * fast-check with the same examples in every run, so that a test that fails tells something about the change before it.
 * `FAST_CHECK_SEED=random` tries others, and any number those of that seed.
 */
const { FAST_CHECK_SEED = '1' } = process.env
if (FAST_CHECK_SEED !== 'random') fc.configureGlobal({ seed: Number(FAST_CHECK_SEED) })

export { fc }
