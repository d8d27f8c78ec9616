import { expect, it } from 'vitest'
import { rendered } from './manifests.ts'

interface Egress {
  readonly to: readonly {
    readonly ipBlock?: { readonly cidr: string }
    readonly namespaceSelector?: { readonly matchLabels: Readonly<Record<string, string>> }
  }[]
  readonly ports: readonly { readonly protocol: string; readonly port: number }[]
}

it('names are asked for in the cluster, on the node and on OpenShift, at the ports of the pods that answer', () => {
  const policy = rendered('full').find(({ metadata }) => metadata.name === 'regfsck-to-dns')
  const { egress } = JSON.parse(JSON.stringify(policy?.spec)) as { egress: readonly Egress[] }
  const asked = egress.flatMap(({ to, ports }) =>
    to.flatMap(({ ipBlock, namespaceSelector }) =>
      ports.map(({ protocol, port }) => {
        const where = ipBlock?.cidr ?? namespaceSelector?.matchLabels['kubernetes.io/metadata.name']
        return `${where} ${port}/${protocol}`
      }),
    ),
  )
  expect(asked).toEqual(
    expect.arrayContaining([
      'kube-system 53/UDP',
      'kube-system 53/TCP',
      '169.254.20.10/32 53/UDP',
      '169.254.20.10/32 53/TCP',
      'openshift-dns 5353/UDP',
      'openshift-dns 5353/TCP',
    ]),
  )
})
