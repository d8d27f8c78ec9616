import { expect, it } from 'vitest'
import { describeWithHelm, template } from './helm.ts'
import { BY_CHECKS, BY_SCHEMA, SOUND } from './refused-values.ts'

describeWithHelm('values are refused', () => {
  it('unless they are sound', () => {
    expect(template(SOUND).stderr).toBe('')
  })

  it.each(BY_SCHEMA)('by the schema: $title', ({ values, says }) => {
    const { code, stderr } = template({ ...SOUND, ...values })
    expect(code).not.toBe(0)
    expect(stderr.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []))).toEqual(says)
  })

  it.each(BY_CHECKS)('by the templates: $title', ({ values, says }) => {
    const { code, stderr } = template({ ...SOUND, ...values })
    expect(code).not.toBe(0)
    const [, message = ''] = /checks\.yaml:[^\n]*\n\n(.*?)\n\n/s.exec(stderr) ?? []
    expect(
      message.split('\n').map((line) => line.trim()),
      stderr,
    ).toEqual(says)
  })
})
