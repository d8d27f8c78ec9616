// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a Dockerfile has variables of the same form
import { describe, expect, it } from 'vitest'
import { readDockerfile } from '../../../src/references/dockerfile/read-dockerfile.ts'
import type { ReferencesRead } from '../../../src/references/reference.ts'
import { fc } from '../../support/fast-check.ts'

/** A service of the usual kind: a frontend, a build on the builder's own platform, tools from other images. */
const REALISTIC = `# syntax=docker/dockerfile:1.7
# The shop's API.
ARG GO_VERSION=1.23
ARG REGISTRY=registry.example.com
ARG BASE=\${REGISTRY}/base/static:3.2

FROM --platform=$BUILDPLATFORM golang:\${GO_VERSION}-bookworm AS build
ARG TARGETOS TARGETARCH
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/root/.cache go mod download
COPY . .
RUN --mount=type=bind,from=tonistiigi/xx:1.5,source=/,target=/xx \\
    # cross compile
    --mount=type=cache,target=/root/.cache <<EOF
set -e
FROM=x go build -o /out/api ./cmd/api
COPY --from=nowhere a b
EOF

FROM build AS test
RUN go test ./...

FROM scratch AS files
COPY --from=build /out/ /

FROM "\${BASE}"
COPY --from=files /api /api
COPY --from=0 /src/LICENSE /
COPY --from=docker.io/library/busybox:1.36 /bin/wget /bin/wget
USER 65532
ENTRYPOINT ["/api"]
`

describe('readDockerfile', () => {
  it('reads what a build pulls, and says what the image stands on', () => {
    const read = readDockerfile({ name: 'Dockerfile', text: REALISTIC }, { buildArgs: new Map() })
    expect(read.images.map(({ image, place, usedBy }) => `${place.line}:${place.column} ${image} | ${usedBy}`)).toEqual(
      [
        '1:10 docker/dockerfile:1.7 | syntax line (build only)',
        '7:32 golang:1.23-bookworm | stage build (build only)',
        '13:28 tonistiigi/xx:1.5 | stage build, RUN --mount (build only)',
        '27:6 registry.example.com/base/static:3.2 | stage 3 (final image)',
        '30:13 docker.io/library/busybox:1.36 | stage 3, COPY --from (build only)',
      ],
    )
    expect(read.images.every(({ platform }) => platform === undefined)).toBe(true)
    expect(read).toMatchObject({ unknown: [], unreadable: [] })
  })

  it('reads the same from a file with Windows line ends', () => {
    const lines = ({ images }: ReferencesRead) => images.map(({ image, place, usedBy }) => ({ image, place, usedBy }))
    const read = readDockerfile({ name: 'f', text: REALISTIC.replaceAll('\n', '\r\n') }, { buildArgs: new Map() })
    expect(lines(read)).toEqual(lines(readDockerfile({ name: 'f', text: REALISTIC }, { buildArgs: new Map() })))
  })

  it.each<[why: string, text: string, images: string[]]>([
    ['an image of its own', 'FROM alpine:3.20', ['alpine:3.20']],
    ['no case in keywords and names', 'from alpine:3 as Build\nfrom BUILD\ncopy --from=buILD a b', ['alpine:3']],
    ['a stage of the same name later is another one', 'FROM tools\nFROM alpine AS tools', ['tools', 'alpine']],
    ['a stage with the name of its own base', 'FROM alpine AS alpine\nFROM alpine', ['alpine']],
    ['continued lines and a comment between', 'FROM \\\n# why\n  alpine:\\\n3.20', ['alpine:3.20']],
    ['another escape character', '# escape=`\nFROM `\n  alpine:3\nRUN dir C:\\', ['alpine:3']],
    ['quotation marks', 'FROM "alpine:3"\nFROM \'alpine:4\'', ['alpine:3', 'alpine:4']],
    ['scratch, which is nothing', 'FROM scratch\nCOPY --from=scratch / /', []],
    ['a variable that stands for scratch', 'ARG BASE=scratch\nFROM $BASE', []],
    ['a variable that stands for a stage', 'ARG B=build\nFROM a AS build\nFROM ${B}', ['a']],
    ['an argument of a stage, which counts nowhere', 'ARG T=1\nFROM a:$T AS x\nARG T=2\nFROM b:$T', ['a:1', 'b:1']],
    ['several arguments in one line', 'ARG A="x y" B=2 C=$B.1\nFROM a:$C', ['a:2.1']],
    ['an argument that follows one without a value', 'ARG A B=2\nFROM a:$B', ['a:2']],
    ['a default', 'FROM a:${T:-1}\nFROM b:${T-2}', ['a:1', 'b:2']],
    ['a default in a default', 'ARG U=3\nFROM a:${T:-${S:-v$U}}', ['a:v3']],
    ['a default for empty text', 'ARG T=\nFROM a:${T:-1}\nFROM b${T-:2}', ['a:1', 'b']],
    ['an alternative', 'ARG T=1\nFROM a${T:+:x}\nFROM b${U:+:y}', ['a:x', 'b']],
    [
      'a prefix, a suffix, a replacement',
      'ARG T=v1.2-rc\nFROM a:${T#v}\nFROM b:${T%-rc}\nFROM c:${T/v/x}',
      ['a:1.2-rc', 'b:v1.2', 'c:x1.2-rc'],
    ],
    ['an escaped dollar', 'ARG T=1\nFROM a\\$T', ['a$T']],
    ['single quotation marks, which keep a dollar', "ARG T='$U'\nFROM a:$T", ['a:$U']],
    ['a mount of a cache from an image', 'FROM a\nRUN --mount=type=cache,from=b,target=/c true', ['a', 'b']],
    ['several mounts', 'FROM a\nRUN --mount=from=b,target=/b --mount=from=c,target=/c true', ['a', 'b', 'c']],
    ['a mount without from', 'FROM a\nRUN --mount=type=secret,id=x true', ['a']],
    ['what a command says is no flag', 'FROM a\nRUN tool --mount=from=b\nRUN ["x", "--mount=from=c"]', ['a']],
    ['heredocs', 'FROM a\nCOPY --from=b <<X <<-Y /\nFROM c\nX\nFROM d\n\tY\nRUN <<Z\nFROM e\nZ\n', ['a', 'b']],
    [
      'what later builds copy',
      'FROM a\nONBUILD COPY --from=b:1 /x /x\nONBUILD RUN --mount=from=c/d true',
      ['a', 'b:1', 'c/d'],
    ],
    ['a stage number of a later build', 'FROM a\nONBUILD COPY --from=7 /x /x', ['a']],
    ['ADD, which knows no --from', 'FROM a\nADD --from=b c d', ['a']],
  ])('reads %s', (_, text, images) => {
    const read = readDockerfile({ name: 'Dockerfile', text }, { buildArgs: new Map() })
    expect(read.images.map(({ image }) => image)).toEqual(images)
    expect(read).toMatchObject({ unknown: [], unreadable: [] })
  })

  it.each<[why: string, text: string, written: string, because: string]>([
    ['no value', 'ARG T\nFROM a:$T', 'a:$T', 'the argument T has no value'],
    ['no declaration', 'FROM a:$T\nARG T=1', 'a:$T', 'T is not declared with ARG before the first FROM'],
    ['a value made of nothing', 'ARG T\nARG V=v$T\nFROM a:${V:-1}', 'a:${V:-1}', 'the argument T has no value'],
    ['empty text', 'ARG I=\nFROM $I', '$I', 'its name is empty'],
    ['a value that is asked for', 'FROM a:${T:?give-a-tag}', 'a:${T:?give-a-tag}', 'T must be given: give-a-tag'],
    [
      'the platform of the build',
      'FROM a:$TARGETARCH',
      'a:$TARGETARCH',
      'TARGETARCH depends on the platform that is built',
    ],
    [
      'a variable in COPY --from',
      'ARG T=1\nFROM scratch\nCOPY --from=a:$T b c',
      'a:$T',
      'COPY --from replaces no variables',
    ],
    ['a variable in a mount', 'FROM scratch\nRUN --mount=from=$T b', '$T', 'RUN --mount replaces no variables'],
    ['a stage that is not there', 'FROM scratch\nCOPY --from=3 b c', '3', 'there is no stage 3'],
    [
      'what may be a stage of a later build',
      'FROM scratch\nONBUILD COPY --from=build b c',
      'build',
      'it can be a stage of the Dockerfile that builds on this image',
    ],
    ['an open brace', 'FROM a:${T', 'a:${T', 'a ${ in a:${T is not understood'],
    ['a form that does not exist', 'ARG T=1\nFROM a:${T^^}', 'a:${T^^}', 'a ${ in a:${T^^} is not understood'],
    ['a wildcard', 'ARG T=1\nFROM a:${T#*v}', 'a:${T#*v}', 'wildcards in ${…#…} are not supported'],
    ['an open quotation mark', 'FROM "a', '"a', 'a quotation mark in "a is not closed'],
  ])('does not guess: %s', (_, text, written, because) => {
    const read = readDockerfile({ name: 'Dockerfile', text }, { buildArgs: new Map() })
    expect(read.images).toEqual([])
    expect(read.unreadable).toEqual([])
    expect(read.unknown).toMatchObject([{ text: written, because }])
  })

  it('takes values of --build-arg before defaults, but only for what is declared', () => {
    const buildArgs = new Map([
      ['T', '9'],
      ['U', '8'],
      ['TARGETARCH', 'arm64'],
    ])
    const text = 'ARG T=1\nFROM a:$T\nFROM b:$U\nFROM c:$TARGETARCH'
    const read = readDockerfile({ name: 'Dockerfile', text }, { buildArgs })
    expect(read.images.map(({ image }) => image)).toEqual(['a:9', 'c:arm64'])
    expect(read.unknown.map(({ text }) => text)).toEqual(['b:$U'])
  })

  it('says which platform a stage asks for, unless it is that of the build', () => {
    const text = [
      'ARG P=linux/s390x',
      'FROM --platform=linux/arm64 a',
      'FROM --platform=$P b',
      'FROM --platform=$BUILDPLATFORM c',
      'FROM --platform=linux/$TARGETARCH d',
    ].join('\n')
    const read = readDockerfile({ name: 'Dockerfile', text }, { buildArgs: new Map() })
    expect(read.images.map(({ image, platform }) => [image, platform])).toEqual([
      ['a', 'linux/arm64'],
      ['b', 'linux/s390x'],
      ['c', undefined],
      ['d', undefined],
    ])
    expect(read.unknown).toEqual([])
  })

  it('reads the image whose platform is not known, and says so', () => {
    const read = readDockerfile({ name: 'f', text: 'FROM --platform=$P alpine' }, { buildArgs: new Map() })
    expect(read.images.map(({ image }) => image)).toEqual(['alpine'])
    expect(read.unknown).toMatchObject([
      { text: '$P', because: 'its platform: P is not declared with ARG before the first FROM' },
    ])
  })

  it('says where an image can be replaced, and only there', () => {
    const text =
      'ARG T=1\nFROM  alpine:3 AS a\nFROM "b:1"\nFROM c:$T\nCOPY --from=d:2 x y\nRUN --mount=type=bind,from=e:3 x\n'
    const { images } = readDockerfile({ name: 'Dockerfile', text }, { buildArgs: new Map() })
    expect(images.map(({ image, span }) => [image, span && text.slice(span.start, span.end)])).toEqual([
      ['alpine:3', 'alpine:3'],
      ['b:1', 'b:1'],
      ['c:1', undefined],
      ['d:2', 'd:2'],
      ['e:3', 'e:3'],
    ])
  })

  it('reports what is no instruction, with its place, and reads the rest', () => {
    const read = readDockerfile(
      { name: 'f', text: 'FROM a\nINCLUDE b\nFROM c d\nFROM\nFROM e' },
      { buildArgs: new Map() },
    )
    expect(read.images.map(({ image }) => image)).toEqual(['a', 'e'])
    expect(read.unreadable.map(({ place, because }) => `${place.line} ${because}`)).toEqual([
      '2 INCLUDE is not an instruction of a Dockerfile',
      '3 FROM must name an image, or an image AS a stage',
      '4 FROM names no image',
    ])
  })

  it('reads any text without throwing, and names only places in it', () => {
    const pieces = [
      'FROM ',
      'ARG ',
      'COPY ',
      'RUN ',
      'ONBUILD ',
      'ENV ',
      'USER ',
      '--from=',
      '--mount=',
      'from=',
      ' AS ',
    ]
    const marks = [
      'a',
      'é',
      '😀',
      '\u0000',
      '\n',
      '\r\n',
      '\t',
      ' ',
      '\\',
      '`',
      '"',
      "'",
      '$',
      '{',
      '}',
      ':-',
      '=',
      ',',
    ]
    const other = ['#', 'escape=', 'syntax=', '<<', '<<-', 'E', '[', ']', '--']
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces, ...marks, ...other), { maxLength: 40 }), (parts) => {
        const text = parts.join('')
        const { images } = readDockerfile({ name: 'f', text }, { buildArgs: new Map() })
        for (const { image, span } of images) if (span) expect(text.slice(span.start, span.end)).toBe(image)
      }),
      { numRuns: 3000 },
    )
  })

  it('refuses a file that is too long for a Dockerfile', () => {
    const read = readDockerfile({ name: 'f', text: `FROM a\n#${'x'.repeat(2 ** 20)}` }, { buildArgs: new Map() })
    expect(read.images).toEqual([])
    expect(read.unreadable).toMatchObject([{ because: 'it is longer than 1 MiB, too long for a Dockerfile' }])
  })

  it.each(['', '# nothing\n', 'ARG A=1\n'])('does not take %j for a Dockerfile', (text) => {
    const read = readDockerfile({ name: 'f', text }, { buildArgs: new Map() })
    expect(read.unreadable).toMatchObject([{ because: 'it is not a Dockerfile: it has no FROM' }])
  })
})
