/**
 * Copies a block of commands. Browsers do not offer the clipboard API over plain HTTP; there the block is selected and copied
 * with `execCommand`. Without JavaScript the button is hidden and the text can be selected.
 */
export const COPY_SCRIPT = `
document.documentElement.classList.add('scripted')
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('button.copy')
  if (!button) return
  const block = button.closest('.commands')
  const commands = block.querySelector('pre')
  const said = block.querySelector('[aria-live]')
  const text = commands.textContent.trimEnd()
  let isCopied = true
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    getSelection().selectAllChildren(commands)
    const give = (event) => {
      event.clipboardData.setData('text/plain', text)
      event.preventDefault()
    }
    document.addEventListener('copy', give)
    isCopied = document.execCommand('copy')
    document.removeEventListener('copy', give)
    if (isCopied) getSelection().removeAllRanges()
  }
  said.textContent = isCopied ? 'Copied.' : 'Selected: copy it with Ctrl+C.'
  setTimeout(() => { said.textContent = '' }, 4000)
})
`
