import { describe, expect, it } from 'vitest'
import { nextPage } from '../../../../src/sources/api/listing/link-header.ts'

const at = (target: string) => ({ is: 'at', target })
const URL = '/v2/_catalog?last=b&n=2'

describe('a Link header leads to the next page', () => {
  it.each([
    [`<${URL}>; rel="next"`, URL],
    [`<${URL}>; rel=next`, URL],
    [`<${URL}>;rel='next'`, URL],
    [`<${URL}>; REL="Next"`, URL],
    [`<${URL}> ; rel = "next" `, URL],
    [`<${URL}>; rel="self next"`, URL],
    [`<${URL}>; title="a, b; c"; rel="next"`, URL],
    [`<${URL}>; title="rel=prev"; rel="next"`, URL],
    [`<${URL}>; type=text/json; rel="next"; n=2`, URL],
    [`rel="next"; <${URL}>`, URL],
    [`${URL}; rel=next`, URL],
    [`"${URL}"; rel=next`, URL],
    [`rel=next; ${URL}`, URL],
    [`<${URL}; rel="next"`, URL],
    [`<${URL}>; rel="next`, URL],
    [`<${URL}>`, URL],
    [URL, URL],
    [`http://host:5000${URL}; rel="next"`, `http://host:5000${URL}`],
    [`<http://host/?last=a,b&n=2>; rel="next"`, 'http://host/?last=a,b&n=2'],
    [`http://host/?last=a,b&n=2; rel="next"`, 'http://host/?last=a,b&n=2'],
    [`</v2/_catalog?n=2>; rel="first", <${URL}>; rel="next", </v2/_catalog?last=z>; rel=last`, URL],
    [`/v2/_catalog?n=2; rel=first, ${URL}; rel=next`, URL],
    [[`</v2/_catalog?n=2>; rel="prev"`, `<${URL}>; rel="next"`], URL],
    [[`<${URL}>; rel="next"`, `<${URL}>; rel="next"`], URL],
    [`, <${URL}>; rel="next",`, URL],
  ])('%s', (header, target) => {
    expect(nextPage(header)).toEqual(at(target))
  })
})

it.each([
  undefined,
  '',
  ' ',
  [],
  `<${URL}>; rel="prev"`,
  `<${URL}>; rel=first, <${URL}>; rel="last"`,
  `${URL}; rel=self`,
  `<https://docs.example/>; rel="help"`,
])('there is no next page: %j', (header) => {
  expect(nextPage(header)).toEqual({ is: 'none' })
})

it.each([
  '; rel="next"',
  '<>; rel="next"',
  'rel="next"',
  'nonsense',
  '</v2/_catalog>',
  `<${URL}>; rel="next_page", </v2/_catalog?n=2>; rel=first`,
  `<${URL}>, </v2/_catalog?n=2>; rel=first`,
  `<${URL}>; rel="next", </v2/_catalog?last=c>; rel="next"`,
  [`<${URL}>; rel=next`, '</v2/_catalog?last=c>; rel=next'],
])('the next page is unclear: %j', (header) => {
  expect(nextPage(header)).toMatchObject({ is: 'unreadable', why: expect.stringMatching(/may be more/) })
})

it('a header with unclosed quotes and brackets is parsed in linear time', () => {
  const started = performance.now()
  for (const character of ['<', '"', ',', ';', '\\']) nextPage(character.repeat(16_000))
  expect(performance.now() - started).toBeLessThan(1000)
})
