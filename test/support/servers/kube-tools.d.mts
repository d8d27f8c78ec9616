/** Where helm and kubectl are after {@link installKubeTools}. */
export const KUBE_TOOLS: string
/** @returns why they are not there; nothing where they are */
export function installKubeTools(): string | undefined
