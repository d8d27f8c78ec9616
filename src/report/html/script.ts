import { literal, type Markup } from './markup.ts'

/**
 * Hides what does not match while somebody types. Without it a page reads the same; a file has no search, and a server
 * still has its own.
 */
export const SCRIPT_TEXT = `
'use strict'
for (const form of document.querySelectorAll('form[data-search]')) {
  const field = form.querySelector('input[type=search]')
  const said = form.querySelector('[role=status]')
  const place = form.closest('section')
  const items = [...place.querySelectorAll('[data-item]')]
  let texts
  form.hidden = false
  if (form.dataset.search === 'here') form.addEventListener('submit', (event) => event.preventDefault())
  field.addEventListener('input', () => {
    texts ??= items.map((item) => item.textContent.toLowerCase())
    const words = field.value.toLowerCase().split(/\\s+/).filter((word) => word !== '')
    let shown = 0
    items.forEach((item, n) => {
      const fits = words.every((word) => texts[n].includes(word))
      item.hidden = !fits
      if (fits) shown++
    })
    said.textContent = words.length === 0 ? '' : shown + ' of ' + items.length + (form.dataset.pages ? ' on this page match; Enter searches all.' : ' match.')
  })
}
`

export const SCRIPT: Markup = literal(SCRIPT_TEXT)
